import { expect, test } from 'vitest';
import type { PictureFacts } from '../../../src/domain/imageDataset';
import { seededRandom } from '../../../src/engine/random';
import { qualityFindings } from '../../../src/explore/quality';

/** Photographs of usual light, size and sharpness. */
function photographs(count: number): PictureFacts {
  const random = seededRandom(3, 'photographs');
  const floats = (low: number, high: number) => Float32Array.from({ length: count }, () => random.uniform(low, high));
  return {
    widths: new Uint32Array(count).fill(640),
    heights: new Uint32Array(count).fill(480),
    exactHashes: new Uint32Array(2 * count),
    perceptualHashes: new Uint32Array(2 * count),
    sharpness: floats(200, 1500),
    brightness: floats(90, 160),
  };
}

const kindsOf = (facts: PictureFacts) =>
  qualityFindings(facts)
    .map(({ index, kind }) => `${index} ${kind}`)
    .sort();

test('a folder of ordinary photographs, and one of ordinary scans on white, has no findings', () => {
  expect(qualityFindings(photographs(200))).toEqual([]);
  const scans = photographs(200);
  for (let i = 0; i < 200; i++) scans.brightness[i] = 225 + (i % 10);
  expect(qualityFindings(scans)).toEqual([]);
});

test('each kind is found, with a score in (0, 1], the worst first', () => {
  const facts = photographs(200);
  facts.brightness[3] = 8;
  facts.brightness[4] = 20;
  facts.brightness[5] = 250;
  facts.sharpness[6] = 12;
  facts.sharpness[7] = 0;
  facts.widths[8] = 60;
  facts.heights[8] = 45;
  facts.widths[9] = 5000;
  facts.widths[10] = 230;
  facts.heights[10] = 900;
  expect(kindsOf(facts)).toEqual([
    '10 shape',
    '3 dark',
    '4 dark',
    '5 bright',
    '6 blurred',
    '7 empty',
    '8 small',
    '9 shape',
  ]);
  const scores = qualityFindings(facts).map(({ score }) => score);
  expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  const dark = qualityFindings(facts).filter(({ kind }) => kind === 'dark');
  expect(dark.map(({ index }) => index)).toEqual([3, 4]);
});

test('few pictures are judged by what is wrong in any folder', () => {
  const facts = photographs(4);
  facts.brightness[0] = 2;
  facts.sharpness[1] = 0;
  facts.sharpness[2] = 20;
  expect(kindsOf(facts)).toEqual(['0 dark', '1 empty']);
});
