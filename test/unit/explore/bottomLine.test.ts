import { expect, test } from 'vitest';
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
