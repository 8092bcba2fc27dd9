import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, inject } from 'vitest';
import { describeLesson } from '../../src/domain/lessons/lesson';
import { encodeLesson } from '../../src/domain/lessons/lessonLink';
import { LabPage } from './harness/labPage';
import { lessonCard } from './harness/lessonWalk';
import { testIn } from './harness/test';

const test = testIn('wasm');

describe('lessons', () => {
  test('one from a link hides what it does not need, shows its text as text, and is resumed after a reload', async ({
    page,
  }) => {
    const text = 'The <img src=x onerror=alert(1)> loss.';
    const lesson = describeLesson({
      id: 'from-a-link',
      title: 'A lesson from a link',
      minutes: 1,
      settings: 'v=4&preset=tiny&dataset=fashion-mnist&engine=wasm&knn.bank=40&knn.queries=20&outputDim=8',
      hides: true,
      steps: [
        { text: 'Press Train.', target: 'train', wait: [{ did: 'trained' }] },
        { text, target: 'loss', wait: [{ signal: 'loss', below: -2 }] },
      ],
    });
    await page.goto(`${inject('siteUrl')}#lesson=${encodeLesson(lesson)}`);
    const lab = new LabPage(page);
    const card = lessonCard(page);
    await card.getByText('Press Train.', { exact: true }).waitFor();
    await lab.ready();
    await expect.poll(() => lab.hash().get('outputDim')).toBe('8');
    expect(await page.locator('[data-part="settings"]').isVisible()).toBe(false);
    expect(await page.locator('[data-part="neighbours"]').isVisible()).toBe(false);
    await lab.stopGradient.waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' '))}`)).toEqual([]);
    await lab.button('Train').click();
    await card.getByText(text, { exact: true }).waitFor();
    await lab.reachStep(2);
    // A loss below −2 does not come.
    expect(await card.getByRole('button', { name: 'Finish' }).isEnabled()).toBe(false);

    await page.reload();
    await card.getByText(text, { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Leave the lesson' }).click();
    await page.locator('[data-part="settings"]').waitFor();

    // A lesson that cannot be read leaves a page that works.
    await page.goto(`${inject('siteUrl')}?#lesson=${encodeLesson(lesson).slice(0, 80)}`);
    await page.getByText('The link’s lesson could not be read: the link is damaged').waitFor();
    await lab.ready();
    expect(await card.count()).toBe(0);
  });
});
