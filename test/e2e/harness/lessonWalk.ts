import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { fieldOf } from '../../../src/domain/fields';
import type { LessonCondition } from '../../../src/domain/lessons/conditions';
import type { Lesson, LessonStep } from '../../../src/domain/lessons/lesson';
import type { LabPage } from './labPage';

/** What a person does who takes a lesson. */
export interface Walk {
  /** The folder for a step that waits for a person's own images. */
  readonly folder?: string;
  /** Called when a step is shown, before anything is done. */
  readonly onStep?: (step: LessonStep) => Promise<void>;
}

export function lessonCard(page: Page): Locator {
  return page.getByRole('complementary', { name: /^Lesson: / });
}

async function pressIfPossible(button: Locator): Promise<void> {
  if ((await button.count()) > 0 && (await button.isEnabled())) await button.click();
}

/** Does what brings a condition about; measurements come by themselves. */
async function fulfil(lab: LabPage, condition: LessonCondition, { folder }: Walk): Promise<void> {
  const { page } = lab;
  if ('signal' in condition) return;
  if ('set' in condition) {
    const { set, to } = condition;
    if (set === 'stopGradient') {
      if ((await lab.stopGradient.isChecked()) !== to) await lab.stopGradient.click();
      return;
    }
    await page.getByRole('combobox', { name: fieldOf(set).label, exact: true }).selectOption(String(to));
    const restart = lab.button('Start a new run');
    if (set === 'method') await restart.click();
    return;
  }
  switch (condition.did) {
    case 'trained':
      return pressIfPossible(lab.button('Train'));
    case 'startedOver':
      return pressIfPossible(lab.button('Reset'));
    case 'replayed':
      return page.getByRole('slider', { name: 'Step shown' }).press('Home');
    case 'ownImages':
      if (folder === undefined) throw new Error('The walk needs a folder.');
      return page.getByLabel('Image folder').setInputFiles(folder);
    default:
      throw new Error(`The walk cannot do “${condition.did}” yet.`);
  }
}

/** Takes a lesson that has just been opened to its end, by doing what its steps wait for. */
export async function walkLesson(lab: LabPage, lesson: Lesson, walk: Walk = {}): Promise<void> {
  const card = lessonCard(lab.page);
  const of = lesson.steps.length;
  for (const [i, step] of lesson.steps.entries()) {
    await card.getByText(step.text, { exact: true }).waitFor();
    expect(await card.innerText()).toContain(`${i + 1} of ${of}`);
    await walk.onStep?.(step);
    const { question } = step;
    if (question !== undefined) {
      expect(await card.innerText()).not.toContain(question.because);
      await card.getByRole('button', { name: question.choices[question.answer] ?? '', exact: true }).click();
    }
    for (const condition of step.wait) await fulfil(lab, condition, walk);
    const onward = card.getByRole('button', { name: i + 1 === of ? 'Finish' : 'Next' });
    const following = lesson.steps[i + 1]?.text ?? 'That was the lesson.';
    // Steps that end when their action is done go on by themselves.
    const later = card.getByText(following, { exact: true });
    await onward.and(lab.page.locator(':enabled')).or(later).first().waitFor();
    if (question !== undefined) expect(await card.innerText()).toContain(question.because);
    if ((await later.count()) === 0) await onward.click();
  }
  await card.getByText('That was the lesson.').waitFor();
}

/** Waits until the lesson's card lies beside what the step points at, and over no part of it. */
export async function notCovered(page: Page, { text, target }: LessonStep): Promise<void> {
  const standing = () =>
    page.evaluate((part) => {
      const pointed = [...document.querySelectorAll(`[data-part="${part}"]`)].find((each) => each.checkVisibility());
      const card = document.querySelector('aside [class*="bubble"], aside [class*="strip"]');
      if (pointed === undefined || card === null) return 'not there';
      const [a, b] = [pointed.getBoundingClientRect(), card.getBoundingClientRect()];
      const isOver = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      return isOver ? `${JSON.stringify(a)} under ${JSON.stringify(b)}` : 'beside';
    }, target);
  await expect.poll(standing, { message: text }).toBe('beside');
}
