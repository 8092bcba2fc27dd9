import { deflateSync, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { setConfigValue } from '../../../src/domain/configPath';
import { isMet, LESSON_ACTIONS, type LessonCondition } from '../../../src/domain/lessons/conditions';
import { FIRST_LESSON } from '../../../src/domain/lessons/firstLesson';
import { describeLesson, type Lesson, type LessonStep } from '../../../src/domain/lessons/lesson';
import { decodeLesson, encodeLesson } from '../../../src/domain/lessons/lessonLink';
import { LESSONS } from '../../../src/domain/lessons/registry';
import { isTarget, unneededParts } from '../../../src/domain/lessons/targets';
import { withMethod } from '../../../src/domain/presets';
import { configProblems, type RunConfig } from '../../../src/domain/runConfig';
import { decodeShareLink } from '../../../src/domain/shareLink';
import { configOf, measurementsOf, recordedCurves, runOf } from '../../setup/recordedCurves';

/** Longest sentence in words, and longest reason. */
const [SENTENCE, REASON] = [22, 26];
const curves = recordedCurves();

/** Whether a measured condition holds at some step of a curve, from the step of its last change in flight on. */
function holdsOn(curve: (typeof curves)[number], wait: readonly LessonCondition[]): boolean {
  const { changes } = runOf(curve);
  const since = changes.at(-1)?.[0] ?? 0;
  const values: Record<string, number> = {};
  const root = Math.sqrt(configOf(curve).outputDim);
  const measured = wait.filter((condition) => 'signal' in condition);
  for (const { step, ...others } of measurementsOf(curve)) {
    Object.assign(values, others, { step, stepsHere: step - since });
    const reading = { did: {} as Record<keyof typeof LESSON_ACTIONS, boolean>, settings: new Map(), values, root };
    if (step >= since && measured.every((condition) => isMet(condition, reading))) return true;
  }
  return false;
}

/** Each step with the settings of the run on the page, if a person has done what the steps up to it ask for. */
function settingsThrough({ settings, steps }: Lesson): [LessonStep, RunConfig][] {
  let { config: first } = decodeShareLink(settings).run;
  let config = first;
  return steps.map((step) => {
    for (const condition of step.wait) {
      if ('did' in condition && condition.did === 'startedOver') config = first;
      if (!('set' in condition)) continue;
      const changed = setConfigValue(config, condition.set, condition.to);
      config = changed.method === config.method ? changed : withMethod(config, changed.method);
      // Another method needs a new run.
      if (condition.set === 'method') first = config;
    }
    return [step, config];
  });
}

/** Whether a recorded run ended with the settings that decide how a run goes. */
function isSameRun(curve: (typeof curves)[number], run: RunConfig): boolean {
  const { config, changes } = runOf(curve);
  const end = { ...config, ...Object.fromEntries(changes.map(([, key, value]) => [key, value])) };
  return (['method', 'headBatchNorm', 'stopGradient', 'predictor', 'dataset'] as const).every(
    (key) => end[key] === run[key],
  );
}

const wordsOf = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;

describe('the registry', () => {
  it('has each lesson once, first the one that a first visit is offered', () => {
    expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(LESSONS.length);
    expect(LESSONS[0]).toMatchObject(FIRST_LESSON);
  });

  describe.each(LESSONS.map((lesson) => [lesson.title, lesson] as const))('%s', (_, lesson) => {
    it('opens with settings that can be read, and points at what is on the page', () => {
      const { run, notices } = decodeShareLink(lesson.settings);
      expect(notices).toEqual([]);
      expect(configProblems(run.config)).toEqual([]);
      for (const { target } of lesson.steps) expect(isTarget(target), target).toBe(true);
    });

    it('says one short sentence at a time', () => {
      expect(lesson.summary).not.toBe('');
      for (const { text, question } of lesson.steps) {
        for (const sentence of [text, ...(question?.task === undefined ? [] : [question.task])]) {
          expect(wordsOf(sentence), sentence).toBeLessThanOrEqual(SENTENCE);
          expect(sentence, sentence).toMatch(/[.?]$/);
          expect(sentence.match(/[.?!](\s|$)/g)?.length, sentence).toBe(1);
        }
        if (question === undefined) continue;
        expect(text, text).toMatch(/\?$/);
        expect(wordsOf(question.because), question.because).toBeLessThanOrEqual(REASON);
      }
    });

    it('waits for nothing that recorded runs with its settings do not reach with every seed', () => {
      for (const [step, run] of settingsThrough(lesson)) {
        if (!step.wait.some((condition) => 'signal' in condition)) continue;
        const like = curves.filter((curve) => isSameRun(curve, run));
        const kinds = [...new Set(like.map((curve) => curve.run))];
        const reached = kinds.some((kind) => like.every((curve) => curve.run !== kind || holdsOn(curve, step.wait)));
        expect(reached, `“${step.text}” is not reached by any of: ${kinds.join('; ')}`).toBe(true);
      }
    });
  });
});

const SMALL: Lesson = describeLesson({
  id: 'small',
  title: 'Small',
  minutes: 1,
  steps: [{ text: '<b>Press</b> Train.', target: 'train', wait: [{ did: 'trained' }] }],
});

describe('a lesson in a link', () => {
  it.each(LESSONS.map((lesson) => [lesson.title, lesson] as const))('%s comes back as it was', (_, lesson) => {
    const text = encodeLesson(lesson);
    expect(text).toMatch(/^[\w-]+$/);
    expect(text.length).toBeLessThan(6000);
    expect(decodeLesson(text)).toEqual(lesson);
  });

  it('keeps its text as it was written', () => {
    expect(decodeLesson(encodeLesson(SMALL)).steps[0]?.text).toBe('<b>Press</b> Train.');
  });

  const packed = (value: unknown) => encodeLesson(value as Lesson);
  const step = { text: 'Look.', target: 'loss', wait: [] };
  it.each([
    ['no lesson at all', 'abc', 'damaged'],
    ['other letters', '%%%', 'damaged'],
    ['a part of one', encodeLesson(SMALL).slice(0, 60), 'damaged'],
    ['no JSON', btoa(String.fromCharCode(...deflateSync(strToU8('{')))), 'damaged'],
    ['a text that unpacks into too much', packed({ ...SMALL, title: 'x'.repeat(500_000) }), 'damaged'],
    ['a text that is too long', 'A'.repeat(20_000), 'too long'],
    ['a list', packed([]), 'expected'],
    ['a key that there is not', packed({ ...SMALL, html: '<b>' }), 'html'],
    ['an unknown target', packed({ ...SMALL, steps: [{ ...step, target: '#root' }] }), 'names nothing'],
    ['too many steps', packed({ ...SMALL, steps: Array(41).fill(step) }), 'steps'],
    ['a sentence that is too long', packed({ ...SMALL, steps: [{ ...step, text: 'x'.repeat(300) }] }), 'text'],
    ['an unknown setting', packed({ ...SMALL, steps: [{ ...step, wait: [{ set: '__proto__', to: 1 }] }] }), 'wait'],
    [
      'a value that does not fit',
      packed({ ...SMALL, steps: [{ ...step, wait: [{ set: 'batchSize', to: -1 }] }] }),
      'wait',
    ],
    ['two limits', packed({ ...SMALL, steps: [{ ...step, wait: [{ signal: 'loss', below: 0, above: 1 }] }] }), 'wait'],
  ])('%s is refused, with a reason', (_, text, reason) => {
    expect(() => decodeLesson(text)).toThrow(reason);
  });
});

describe('a condition', () => {
  const reading = {
    did: Object.fromEntries(Object.keys(LESSON_ACTIONS).map((name) => [name, name === 'trained'])) as Record<
      keyof typeof LESSON_ACTIONS,
      boolean
    >,
    settings: new Map<string, string | number | boolean>([['stopGradient', false]]),
    values: { outputStd: 0.024, loss: Number.NaN },
    root: 8,
  };
  it.each<[LessonCondition, boolean]>([
    [{ did: 'trained' }, true],
    [{ did: 'paused' }, false],
    [{ set: 'stopGradient', to: false }, true],
    [{ set: 'stopGradient', to: true }, false],
    [{ set: 'predictor', to: 'none' }, false],
    [{ signal: 'outputStd', below: 0.2, timesRoot: true }, true],
    [{ signal: 'outputStd', below: 0.19, timesRoot: true }, false],
    [{ signal: 'outputStd', above: 0.2 }, false],
    [{ signal: 'loss', below: 0 }, false],
    [{ signal: 'effectiveRank', above: 0 }, false],
  ])('%j is %s', (condition, holds) => {
    expect(isMet(condition, reading)).toBe(holds);
  });
});

it('controls that no step points at are hidden, but the holder of one that is needed is not', () => {
  const hidden = unneededParts(['train', 'loss', 'outputDim']);
  expect(hidden).toEqual(expect.arrayContaining(['images', 'neighbours', 'figure2', 'batchSize', 'method']));
  for (const needed of ['settings', 'outputDim', 'stopGradient', 'train']) expect(hidden).not.toContain(needed);
  expect(unneededParts(['train'])).toContain('settings');
  expect(unneededParts(['settings'])).not.toContain('batchSize');
  expect(unneededParts(['dataset'])).not.toContain('images');
});
