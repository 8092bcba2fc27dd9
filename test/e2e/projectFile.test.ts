import 'fake-indexeddb/auto';
import { Buffer } from 'node:buffer';
import type { Page } from 'playwright-core';
import { beforeAll, expect } from 'vitest';
import { CURRENT_VERSION } from '../../src/domain/versions/registry';
import { smallRun } from '../setup/checkpoints';
import { OpeningHost } from '../setup/openedFiles';
import { syntheticDataset } from '../setup/syntheticDataset';
import { LabPage } from './harness/labPage';
import { testIn } from './harness/test';

const QUICK = `#v=${CURRENT_VERSION}&preset=tiny&dataset=fashion-mnist&images=1000&knn.bank=40&knn.queries=20&engine=wasm`;
const STEP = 4;
const FACTS = {
  name: 'From another machine',
  created: 1_700_000_000_000,
  dataset: { name: 'synthetic', count: 40, sample: null, fingerprint: '1' },
  evaluation: null,
} as const;

let project = Buffer.alloc(0);
let next = Number.NaN;
beforeAll(async () => {
  const host = new OpeningHost();
  const config = smallRun({ totalSteps: 1000, engine: 'wasm' });
  await host.create(syntheticDataset(40), config, FACTS, STEP);
  const what = { kind: 'project', withImages: true, facts: FACTS } as const;
  const { file } = await host.done<'takeAlong'>({ type: 'takeAlong', runId: 'run', what });
  project = Buffer.from(await file.arrayBuffer());
  await host.steps('run', 1);
  next = host.losses('run').get(STEP + 1) ?? Number.NaN;
});

const choose = (page: Page, name: string, buffer: Buffer) =>
  page.getByLabel('Image files or .zip').setInputFiles({ name, mimeType: 'application/zip', buffer });

const keptRuns = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open('simsiam-lab');
        opening.onsuccess = () => {
          const count = opening.result.transaction('pointers').objectStore('pointers').count();
          count.onsuccess = () => {
            opening.result.close();
            resolve(count.result);
          };
        };
      }),
  );

const test = testIn('wasm');

test('a project file is opened at its step and goes on, a damaged one leaves the run, and after a reload it brings the images', async ({
  page,
}) => {
  const lab = await LabPage.open(page, QUICK);
  await lab.reachState('paused');
  await lab.step();

  await choose(page, 'cut.zip', project.subarray(0, -1000));
  await expect.poll(() => page.getByRole('alert').allInnerTexts()).not.toEqual([]);
  const broken = Buffer.from(project);
  broken.fill(0, 5000, 5100);
  await choose(page, 'broken.zip', broken);
  await page.getByTestId('opening-problem').getByText('“broken.zip”').waitFor();
  expect(await page.getByTestId('opening-problem').innerText()).toContain('Nothing on the page was replaced.');
  expect(await lab.metric('step')).toBe(1);
  expect(await lab.size()).toBe(1000);
  await lab.step();
  expect(await lab.metric('step')).toBe(2);
  await expect.poll(() => keptRuns(page)).toBe(1);

  await choose(page, 'run.zip', project);
  await expect.poll(() => lab.metric('step')).toBe(STEP);
  await lab.reachState('paused');
  expect(await lab.size()).toBe(40);
  expect(await lab.pointsOf('Loss')).toBeGreaterThan(1);
  await lab.step();
  expect(await lab.metric('loss')).toBeCloseTo(next, 2);
  await lab.button('Train').click();
  await lab.reachStep(STEP + 3);
  await lab.button('Pause').click();
  await lab.reachState('paused');
  const reached = await lab.metric('step');
  await expect.poll(() => keptRuns(page)).toBe(2);

  await page.reload();
  await lab.status.getByText('Choose the folder “synthetic” (40 images) again to go on with it.').waitFor();
  await choose(page, 'run.zip', project);
  await expect.poll(() => lab.metric('step')).toBe(reached);
  expect(await keptRuns(page)).toBe(2);
});
