import { expect, it } from 'vitest';
import { DIAGNOSIS_STATES, type DiagnosisState } from '../../../../src/domain/diagnosis/states';
import { halfBits } from '../../../../src/domain/halfPrecision';
import type { OutputCloud, OutputFrame } from '../../../../src/domain/outputFrame';
import { seededRandom } from '../../../../src/engine/random';
import { calloutOf, describeOutputs, shareWords } from '../../../../src/ui/outputs/words/describeOutputs';
import { outputFacts } from '../../../../src/ui/outputs/words/outputFacts';
import { cosineWords, ordinal, singularWords } from '../../../../src/ui/outputs/words/valueWords';
import { frameOf, imagesOf, type Shape } from '../../../setup/outputFrames';

const SHAPES: readonly Shape[] = ['untrained', 'healthy', 'collapsed', 'dimensional'];
const STATES = [null, ...(Object.keys(DIAGNOSIS_STATES) as DiagnosisState[])];
const images = imagesOf();

/** A frame whose cloud z, and that of the features, is changed. */
function changed(frame: OutputFrame, change: Partial<OutputCloud>): OutputFrame {
  return { ...frame, z: { ...frame.z, ...change } };
}

it('says what a collapse, learning and the untrained network look like', () => {
  expect(describeOutputs(frameOf('collapsed'), images, 'z', 'collapsed')).toMatch(
    /^Collapsed: 60 images lie within \d° of one point; mean cosine 1\.00, effective rank 1\.\d of 3\.$/,
  );
  expect(describeOutputs(frameOf('healthy'), images, 'z', 'learning')).toMatch(
    /^Learning: 95 % of 60 images lie within \d+° of a common direction; mean cosine 0\.\d\d, effective rank \d\.\d of 3\.$/,
  );
  expect(describeOutputs(frameOf('untrained', { step: 0 }), images, 'z', 'starting')).toMatch(/^Untrained: /);
  const wide = describeOutputs(changed(frameOf('healthy'), { share: 0.86 }), imagesOf(60, 64), 'z', 'learning');
  expect(wide).toContain('the three leading directions hold 86 % of the norm');
});

it('says of a reading that the method does not have, and of outputs that are no numbers, that there is nothing to see', () => {
  expect(describeOutputs(frameOf('healthy'), images, 'p', 'learning')).toContain('no predictor');
  const nothing = changed(frameOf('healthy'), {
    points: new Uint16Array(180).fill(halfBits(Number.NaN)),
    meanCosine: Number.NaN,
    effectiveRank: Number.NaN,
    share: Number.NaN,
  });
  expect(describeOutputs(nothing, images, 'z', 'diverged')).toBe('Diverged: no output is a number, so none is shown.');
});

/** What a sentence must not say of a frame. */
function contradictions(text: string, frame: OutputFrame, state: DiagnosisState | null): string[] {
  const { meanCosine, effectiveRank, share } = frame.z;
  const facts = outputFacts(frame, images, 'z')!;
  const found: string[] = [];
  const claims = (condition: boolean, what: string) => {
    if (condition) found.push(`${what}: ${text}`);
  };
  claims(/of one point/.test(text) && !(meanCosine > 0.9 && facts.mostWithin <= 30), 'one point');
  claims(/^Collapsed/.test(text) && !/But the images differ|number/.test(text) && !(meanCosine > 0.9), 'collapsed');
  claims(/^Dimensional/.test(text) && !/But the images|number/.test(text) && !(effectiveRank < 0.75 * 3), 'rank');
  claims(/NaN|Infinity|undefined|null/.test(text), 'not words');
  claims(frame.step === 0 && !text.startsWith('Untrained'), 'untrained');
  const said = /mean cosine (−?\d\.\d\d)/.exec(text)?.[1]?.replace('−', '-');
  claims(said !== undefined && !(Math.abs(Number(said) - meanCosine) <= 0.00501), 'mean cosine');
  const within = /(\d+ %|\d+) (?:of \d+ )?images lie within (\d+)°/.exec(text);
  if (within !== null) {
    const [, who, degrees] = within;
    claims(!((who === '95 %' ? facts.mostWithin : facts.allWithin) <= Number(degrees)), 'degrees');
    claims(facts.placed < facts.images, 'all images');
  }
  claims(/hold 100 %/.test(text) && share < 0.999, 'share');
  claims(state === null && frame.step > 0 && !text.startsWith('Step'), 'a state without a diagnosis');
  return found;
}

it('never says what its numbers contradict', () => {
  const random = seededRandom(7, 'test', 'frames');
  const wrong: string[] = [];
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, 0.94, 0.951, 1];
  for (let trial = 0; trial < 400; trial++) {
    const shape = SHAPES[trial % SHAPES.length]!;
    let frame = frameOf(shape, { seed: trial, step: trial % 9 === 0 ? 0 : 50 + trial });
    if (trial % 3 === 0) frame = changed(frame, { meanCosine: odd[random.integer(0, odd.length - 1)]! });
    if (trial % 5 === 0) frame = changed(frame, { effectiveRank: odd[random.integer(0, odd.length - 1)]! });
    if (trial % 7 === 0) {
      const points = frame.z.points.slice();
      for (let n = random.integer(1, 180); n > 0; n--) points[random.integer(0, 179)] = halfBits(Number.NaN);
      frame = changed(frame, { points });
    }
    for (const state of STATES) {
      wrong.push(...contradictions(describeOutputs(frame, images, 'z', state), frame, state));
      const facts = outputFacts(frame, images, 'z')!;
      const callout = calloutOf(facts, state);
      if (callout?.title.includes('one output') === true && !(facts.meanCosine > 0.9)) wrong.push(callout.title);
      if (callout?.title.includes('few directions') === true && !(facts.effectiveRank < 2.25))
        wrong.push(callout.title);
    }
  }
  expect(wrong).toEqual([]);
});

it('says how much of the norm is shown', () => {
  const facts = (share: number, d: number) =>
    outputFacts(changed(frameOf('healthy'), { share }), imagesOf(60, d), 'z')!;
  expect(shareWords(facts(1, 3))).toBe('the sphere itself');
  expect(shareWords(facts(0.864, 64))).toBe('the three leading directions hold 86 % of the norm');
  expect(shareWords(facts(0.9964, 64))).toBe('the three leading directions hold 99.6 % of the norm');
  expect(shareWords(facts(Number.NaN, 64))).toBe('the three leading directions');
});

it('puts the histogram and the singular values into words', () => {
  const { z } = frameOf('collapsed');
  expect(cosineWords(z)).toBe(
    'Cosines of pairs of images: mean 1.00; most often between 0.95 and 1.00, 100 % of the pairs.',
  );
  expect(cosineWords({ ...z, meanCosine: Number.NaN })).toContain('not numbers');
  expect(singularWords(z, 3, 3)).toMatch(/the largest is 1\.00, 1 of 3 are above 1\/√d = 0\.577; effective rank/);
  expect(singularWords({ ...z, singularValues: Float32Array.of(Number.NaN) }, 3, 3)).toContain('not numbers');
  expect([1, 2, 3, 11, 64, 101].map(ordinal)).toEqual(['1st', '2nd', '3rd', '11th', '64th', '101st']);
});
