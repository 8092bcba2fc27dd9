import { describe, expect, test } from 'vitest';
import { bottomLine } from '../../../src/explore/bottomLine';

const share = (trained: number, untrained: number, rawPixels: number, images: number) => ({
  trained,
  untrained,
  rawPixels,
  images,
});

test('1,990 photographs whose retrieval fell from 6.8 to 6.3 %, below the 15 % of raw pixels: no', () => {
  const { verdict, sentence, advice } = bottomLine({ viewRetrieval: share(0.063, 0.068, 0.15, 1990), knn: null });
  expect(verdict).toBe('no');
  expect(sentence).toMatch(
    /^No, .*6\.3 ± 0\.5 %, untrained 6\.8 ± 0\.6 % \(no clear difference\), raw pixels 15\.0 ± 0\.8 % \(lower\)/,
  );
  expect(advice.join(' ')).toContain('raw pixels');
});

test.each([
  ['clearly above both', share(0.4, 0.068, 0.15, 1990), null, 'yes'],
  ['above both, but by less than two standard errors', share(0.17, 0.15, 0.16, 1000), null, 'no'],
  ['above the untrained network, below raw pixels', share(0.12, 0.06, 0.2, 2000), null, 'partly'],
  ['clearly below the untrained network', share(0.02, 0.2, 0.01, 2000), null, 'no'],
  ['the same shares, of few images', share(0.4, 0.2, 0.3, 20), null, 'no'],
  [
    'classes decide: kNN above both, retrieval no better',
    share(0.3, 0.3, 0.3, 2000),
    share(0.8, 0.6, 0.7, 2000),
    'yes',
  ],
  ['kNN above both, retrieval below raw pixels', share(0.1, 0.3, 0.3, 2000), share(0.8, 0.6, 0.7, 2000), 'partly'],
  ['retrieval above both, kNN no better', share(0.9, 0.1, 0.2, 2000), share(0.7, 0.7, 0.7, 2000), 'partly'],
  ['retrieval above both, kNN worse', share(0.9, 0.1, 0.2, 2000), share(0.5, 0.7, 0.7, 2000), 'no'],
  ['collapsed', share(0.001, 0.2, 0.2, 1000), share(0.1, 0.5, 0.5, 1000), 'no'],
])('%s', (_, viewRetrieval, knn, expected) => {
  const { verdict, sentence } = bottomLine({ viewRetrieval, knn });
  expect(verdict).toBe(expected);
  expect(sentence.startsWith({ yes: 'Yes', partly: 'Only in part', no: 'No' }[verdict])).toBe(true);
});

test.each([
  ['above both', share(0.85, 0.7, 0.8, 2000), 'yes'],
  ['no better than raw pixels', share(0.8, 0.7, 0.8, 2000), 'partly'],
  ['below raw pixels', share(0.7, 0.6, 0.8, 2000), 'partly'],
  ['below the untrained network', share(0.6, 0.7, 0.5, 2000), 'no'],
])('the linear probe decides with kNN: %s', (_, probe, expected) => {
  const { verdict, comparisons } = bottomLine({
    viewRetrieval: share(0.9, 0.1, 0.2, 2000),
    knn: share(0.8, 0.6, 0.7, 2000),
    probe,
  });
  expect(verdict).toBe(expected);
  expect(comparisons.map(({ measure }) => measure)).toEqual(['linear probe', 'kNN accuracy', 'view retrieval']);
});

test.each([
  ['as measured on noise', share(0.001, 0.001, 0.01, 2000), 'no'],
  ['above both, of noise', share(0.015, 0.001, 0.001, 2000), 'partly'],
])('where hardly any image is found again, nothing is recommended: %s', (_, viewRetrieval, expected) => {
  const { verdict, advice } = bottomLine({ viewRetrieval, knn: null });
  expect(verdict).toBe(expected);
  expect(advice[0]).toBe(
    'Do not rely on a search, a map or clusters here: neither the embedding nor raw pixels find 2 % of the images again by another view.',
  );
  expect(advice.join(' ')).not.toMatch(/Use it|use raw pixels/);
});

test('a low retrieval does not count where classes are told apart', () => {
  const { verdict } = bottomLine({ viewRetrieval: share(0.015, 0.001, 0.001, 2000), knn: share(0.8, 0.6, 0.7, 2000) });
  expect(verdict).toBe('yes');
});

test('without an image there is nothing to say', () => {
  expect(() => bottomLine({ viewRetrieval: share(0, 0, 0, 0), knn: null })).toThrow(RangeError);
});

describe('after a warm start', () => {
  const warm = (trained: number, given: number, untrained = 0.5, rawPixels = 0.55) => ({
    ...share(trained, untrained, rawPixels, 2000),
    given,
  });

  test.each([
    ['clearly above the weights as they came', warm(0.9, 0.8), warm(0.8, 0.7), 'yes', 'Use it'],
    ['no clear difference from them', warm(0.81, 0.8), warm(0.7, 0.7), 'partly', 'not clearly better'],
    ['below them, though above all else', warm(0.7, 0.8), warm(0.8, 0.7), 'no', 'Use the weights as they came'],
    ['above them by classes, below them by retrieval', warm(0.9, 0.8), warm(0.6, 0.7), 'partly', 'as they came'],
    ['above them, below raw pixels', warm(0.9, 0.8, 0.5, 0.95), warm(0.8, 0.7), 'partly', 'use raw pixels'],
    ['above them, no better than untrained', warm(0.6, 0.5, 0.6), warm(0.8, 0.7), 'partly', 'Train longer'],
  ] as const)('%s', (_, probe, viewRetrieval, expected, advised) => {
    const { verdict, answer, advice } = bottomLine({ viewRetrieval, knn: null, probe });
    expect(verdict).toBe(expected);
    expect(answer).toContain('the weights as they came');
    expect(advice.join(' ')).toContain(advised);
  });

  test('the sentence has the numbers before and after', () => {
    const { sentence, comparisons } = bottomLine({ viewRetrieval: warm(0.9, 0.8), knn: null });
    expect(sentence).toContain('view retrieval 90.0 ± 0.7 %, as it came 80.0 ± 0.9 % (higher), untrained 50.0');
    expect(comparisons[0]?.given?.value).toBe(0.8);
  });

  test('without one, nothing is said of weights that came', () => {
    const { sentence, comparisons } = bottomLine({ viewRetrieval: share(0.9, 0.5, 0.6, 2000), knn: null });
    expect(sentence).not.toContain('came');
    expect(comparisons[0]).not.toHaveProperty('given');
  });
});
