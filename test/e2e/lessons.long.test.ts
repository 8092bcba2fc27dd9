import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { LESSONS } from '../../src/domain/lessons/registry';
import { LabPage } from './harness/labPage';
import { lessonCard, notCovered, walkLesson } from './harness/lessonWalk';
import { imagesInClasses, writeFolder } from './harness/ownImages';
import { testIn } from './harness/test';

const test = testIn('wasm');

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let root = '';
let folder = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lessons-'));
  folder = await writeFolder(join(root, 'mine'), await imagesInClasses(30));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('each lesson leads to its end on a machine without a GPU, and covers nothing that it speaks of', () => {
  // The first one in a large window is in offline.test.ts.
  const walks = LESSONS.map((lesson, i) => [lesson.title, lesson, i === 0 ? PHONE : DESK] as const);
  for (const [title, lesson, size] of walks) {
    test(title, async ({ page }) => {
      await page.setViewportSize(size);
      const lab = await LabPage.open(page, `#lesson=${lesson.id}`);
      await walkLesson(lab, lesson, { folder, onStep: (step) => notCovered(page, step) });
    });
  }
});

describe('the editor', () => {
  test('records what is done, and its link gives the lesson', async ({ page, browser }) => {
    const lab = await LabPage.open(
      page,
      '#v=4&preset=tiny&dataset=fashion-mnist&engine=wasm&knn.bank=40&knn.queries=20',
    );
    await lab.reachState('paused');
    await lab.button('Lessons').click();
    await lab.button('Write a lesson').click();
    await lab.button('Record').click();
    await lab.button('Train').click();
    await lab.reachStep(2);
    await lab.stopGradient.click();
    await lab.region('Events').getByText('stop-gradient off').waitFor();
    await lab.goTo('Compare');
    await lab.goTo('Train');
    await lab.button('Pause').click();
    await lab.reachState('paused');
    await lab.button('Stop').click();
    const editor = page.getByRole('complementary', { name: 'Write a lesson' });
    const sentences = () =>
      editor
        .getByRole('textbox', { name: /: sentence$/ })
        .evaluateAll((all) => all.map((each) => (each as HTMLTextAreaElement).value));
    expect(await sentences()).toEqual([
      'Press Train.',
      'Switch Stop-gradient off.',
      'Open Compare.',
      'Open Train.',
      'Press Pause.',
    ]);
    await editor.getByRole('textbox', { name: 'Title' }).fill('Mine');
    for (const name of ['Step 5: delete', 'Step 4: delete', 'Step 3: delete']) await lab.button(name).click();
    await editor.getByRole('textbox', { name: 'Step 2: sentence' }).fill('Turn it off.');
    await lab.button('Step 2: up').click();
    expect(await sentences()).toEqual(['Turn it off.', 'Press Train.']);
    await lab.button('Copy the link').click();
    const link = await editor.getByRole('textbox', { name: 'Link to the lesson' }).inputValue();
    expect(link).toContain(`${inject('siteUrl')}#lesson=`);

    const other = await (await browser.newContext()).newPage();
    await other.goto(link);
    const there = new LabPage(other);
    const card = lessonCard(other);
    await card.getByText('Turn it off.', { exact: true }).waitFor();
    await there.ready();
    expect(there.hash().get('knn.bank')).toBe('40');
    await there.stopGradient.click();
    await card.getByText('Press Train.', { exact: true }).waitFor();
    await there.button('Train').click();
    await card.getByText('That was the lesson.').waitFor();
    await other.context().close();
  });
});
