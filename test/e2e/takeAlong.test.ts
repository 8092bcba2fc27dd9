import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { readProject } from '../../src/engine/run/project/projectFile';
import { readBytes } from '../../src/formats/byteSource';
import { readSafetensors } from '../../src/formats/safetensors';
import { readZipDirectory } from '../../src/formats/zip/zipDirectory';
import { unpackEntry } from '../../src/formats/zip/zipEntry';
import { LabPage } from './harness/labPage';
import { mainThreadTasks, referenceTask } from './harness/mainThread';
import { testIn } from './harness/test';

const test = testIn('wasm');

/** 2,000 images, with few measurements. */
const QUICK = '#v=4&preset=tiny&dataset=fashion-mnist&images=2000&engine=wasm&knn.bank=40&knn.queries=20';

/** The place “Take along”. */
class FileListPage extends LabPage {
  get list(): Locator {
    return this.page.getByRole('dialog', { name: 'Take along' });
  }

  row(name: string): Locator {
    return this.list.getByRole('listitem').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  async openList(): Promise<void> {
    await this.button('Take along').click();
    await this.button('Save figure.zip').waitFor();
  }

  /** Saves a file, and waits until its row says so. */
  async saved(name: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.button(`Save ${name}`).click()]);
    await this.row(name)
      .getByText(/^saved, /)
      .waitFor();
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }
}

async function opened(page: Page): Promise<FileListPage> {
  await LabPage.open(page, QUICK);
  const lab = new FileListPage(page);
  await lab.reachState('paused');
  return lab;
}

/** The violations that axe finds in the list, light and dark, on a phone and on a desktop. */
async function violations({ page }: FileListPage): Promise<string[]> {
  const found: string[] = [];
  for (const [width, height] of [
    [390, 844],
    [1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(colorScheme);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) {
        found.push(...nodes.map(({ target }) => `${width} ${colorScheme}: ${id} at ${target.join(' ')}`));
      }
    }
  }
  return found;
}

async function entriesOf(bytes: Buffer): Promise<ReadonlyMap<string, Uint8Array>> {
  const archive = new Blob([new Uint8Array(bytes)]);
  const { entries } = await readZipDirectory(archive);
  const files = new Map<string, Uint8Array>();
  for (const entry of entries)
    files.set(entry.path, unpackEntry(entry, await readBytes(archive, entry.start, entry.end)));
  return files;
}

describe('taking along', () => {
  test('the encoder, the project and the figure are saved and can be read; axe finds nothing', async ({ page }) => {
    const lab = await opened(page);
    await lab.openList();
    expect(await lab.button('Save project.zip').isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await lab.step();
    const loss = await lab.metric('loss');
    await lab.openList();
    expect(await violations(lab)).toEqual([]);

    const encoder = await lab.saved('encoder.safetensors');
    expect(encoder.name).toMatch(/^simsiam-lab-.*-encoder\.safetensors$/);
    const { tensors } = readSafetensors(encoder.bytes);
    expect(tensors.get('conv1.weight')?.shape).toEqual([8, 3, 3, 3]);
    expect([...tensors.keys()]).toContain('layer2.0.downsample.0.weight');

    const project = await entriesOf((await lab.saved('project.zip')).bytes);
    const { step, dataset } = readProject(new TextDecoder().decode(project.get('project.json')));
    expect(step).toBe(1);
    expect(dataset).toMatchObject({ sample: 'fashion-mnist', count: 2000 });
    expect([...project.keys()].filter((path) => path.startsWith('images/'))).toEqual([]);

    const figure = await entriesOf((await lab.saved('figure.zip')).bytes);
    expect([...figure.keys()]).toEqual(expect.arrayContaining(['loss.svg', 'loss.csv', 'outputs.png']));
    const [, first] = new TextDecoder().decode(figure.get('loss.csv')).split('\r\n');
    expect(Number(first?.split(',')[1])).toBeCloseTo(loss, 3);
  });

  test('2,000 images are embedded while a run waits, without a long task; it trains on, also after a cancelled file', async ({
    page,
    browser,
  }) => {
    const lab = await opened(page);
    await lab.button('Train').click();
    await lab.reachStep(3);
    await lab.openList();
    let bytes: Buffer = Buffer.alloc(0);
    const { tasks, references } = await mainThreadTasks(browser, page, async () => {
      await referenceTask(page);
      ({ bytes } = await lab.saved('embeddings.parquet'));
      await referenceTask(page);
    });
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
    // Features of 24 and z of 64 numbers.
    expect(bytes.length).toBeGreaterThan(2000 * 4 * 24);
    const [longest] = references;
    expect(longest?.cpuMs).toBeGreaterThan(0);
    expect(tasks.filter(({ cpuMs }) => cpuMs > (longest?.cpuMs ?? 0))).toEqual([]);

    const before = await lab.metric('step');
    await lab.button('Save project.zip').click();
    await lab.button('Cancel project.zip').click();
    await lab.button('Save project.zip').waitFor();
    expect(
      await lab
        .row('project.zip')
        .getByText(/^saved, /)
        .count(),
    ).toBe(0);
    await page.keyboard.press('Escape');
    await lab.reachStep(before + 3);
  });
});
