import { beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { describeLesson, type Lesson } from '../../src/domain/lessons/lesson';
import type { Lab } from '../../src/session/lab';
import { Keys } from '../../src/ui/keys/Keys';
import { LessonLayer } from '../../src/ui/lessons/LessonLayer';
import { RunControls } from '../../src/ui/run/RunControls';
import { StatusBar } from '../../src/ui/status/StatusBar';
import { idleLab, putRun, show } from './setup/lab';

const LESSON: Lesson = describeLesson({
  id: 'test',
  title: 'A test',
  minutes: 1,
  steps: [
    { text: 'Press Train now.', target: 'train', wait: [{ did: 'trained' }] },
    { text: 'The std must fall.', target: 'status', wait: [{ signal: 'outputStd', below: 0.2, timesRoot: true }] },
    {
      text: 'What is <b>next</b>?',
      target: 'status',
      question: { choices: ['This', 'That'], answer: 1, because: 'Because of that.' },
    },
  ],
});

beforeEach(() => page.viewport(1280, 900));

async function play(change: Parameters<typeof putRun>[1] = {}, width = 1280): Promise<Lab> {
  const lab = idleLab();
  putRun(lab, { runState: 'paused', ...change });
  lab.lessons.player.open(LESSON, 0);
  await show(
    lab,
    <>
      <RunControls />
      <StatusBar />
      <LessonLayer />
      <Keys />
    </>,
    width,
  );
  return lab;
}

const card = () => page.getByRole('complementary', { name: 'Lesson: A test' });
const next = () => card().getByRole('button', { name: 'Next' });

/** d is 64 in the preset of `idleLab`: the limit of the second step is 0.025. */
const measured = (outputStd: number, step: number) => ({ step, latest: { loss: -0.9, outputStd } });

describe('a lesson', () => {
  it('goes on by itself when its action is done, and not with a measurement that has not come', async () => {
    const lab = await play();
    await expect.element(card()).toHaveTextContent('Press Train now.');
    await expect.element(next()).not.toBeInTheDocument();
    lab.runStore.setState({ runState: 'training' });
    await expect.element(card()).toHaveTextContent('The std must fall.');

    for (const std of [0.125, 0.0251, Number.NaN]) {
      lab.runStore.setState(measured(std, 10));
      await expect.element(next()).toBeDisabled();
      await userEvent.keyboard('n');
      expect(lab.lessons.player.store.getState().step).toBe(1);
    }
    lab.runStore.setState(measured(0.031, 20));
    await expect.element(card()).toHaveTextContent('output std 0.031, to come below 0.025');

    lab.runStore.setState(measured(0.0249, 30));
    await expect.element(next()).toBeEnabled();
    // It has come: that the std rises again does not take it back.
    lab.runStore.setState(measured(0.125, 31));
    await expect.element(next()).toBeEnabled();
    await userEvent.keyboard('n');
    await expect.element(card()).toHaveTextContent('What is <b>next</b>?');
  });

  it('asks for a guess before it shows the answer, and ends', async () => {
    const lab = await play();
    lab.lessons.player.open(LESSON, 2);
    await expect.element(card()).toHaveTextContent('3 of 3');
    expect(card().element().textContent).not.toContain('Because');
    await userEvent.keyboard('1');
    await expect.element(card()).toHaveTextContent('Your guess: This. Answer: That.');
    await expect.element(card()).toHaveTextContent('Because of that.');
    await card().getByRole('button', { name: 'Finish' }).click();
    await expect.element(card()).toHaveTextContent('That was the lesson.');
    expect(lab.lessons.player.store.getState().progress.test).toEqual({ step: 0, isDone: true });
  });

  it('is left and resumed at its step, and never takes the focus', async () => {
    const lab = await play({ runState: 'training' });
    const train = page.getByRole('button', { name: 'Pause' }).element() as HTMLElement;
    train.focus();
    // Training is already under way: the sentence is shown all the same.
    await next().click();
    await expect.element(card()).toHaveTextContent('The std must fall.');
    train.focus();
    await userEvent.keyboard('l');
    await expect.element(card()).not.toBeInTheDocument();
    await userEvent.keyboard('l');
    await expect.element(card()).toHaveTextContent('The std must fall.');
    await expect.poll(() => document.activeElement).toBe(train);
    expect(lab.lessons.player.store.getState().progress.test?.step).toBe(1);
  });

  it('can be skipped over where the run has ended, and only then', async () => {
    const lab = await play({ runState: 'training' });
    await next().click();
    const skip = card().getByRole('button', { name: 'Skip this step' });
    await expect.element(next()).toBeDisabled();
    await expect.element(skip).not.toBeInTheDocument();
    lab.runStore.setState({ runState: 'finished' });
    await skip.click();
    await expect.element(card()).toHaveTextContent('3 of 3');
  });

  it.each([1280, 390])('covers nothing that it speaks of, and describes it, at %i pixels', async (width) => {
    await page.viewport(width, 844);
    await play({}, width);
    const train = page.getByRole('button', { name: 'Train', exact: true }).element();
    const box = () =>
      card().getByText('Press Train now.', { exact: true }).element().closest('[class*="bubble"], [class*="strip"]');
    await expect.poll(() => box()?.getBoundingClientRect().width).toBeGreaterThan(100);
    await expect
      .poll(() => {
        const [a, b] = [box()?.getBoundingClientRect(), train.getBoundingClientRect()];
        return a !== undefined && (a.left >= b.right || a.right <= b.left || a.top >= b.bottom || a.bottom <= b.top);
      })
      .toBe(true);
    const described = () => document.getElementById(train.getAttribute('aria-describedby') ?? '')?.textContent;
    await expect.poll(described).toBe('Press Train now.');
    const told = [...document.querySelectorAll('[role="status"]')].map((element) => element.textContent);
    expect(told).toContain('A test, 1 of 3. Press Train now. It is about the button Train.');
  });
});
