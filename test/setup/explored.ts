import { shareOf } from '../../src/domain/accuracy';
import type { BottomLine, Comparison } from '../../src/domain/bottomLine';
import type { Clusters, Exploration, Explored } from '../../src/domain/exploration';
import type { DatasetInfo } from '../../src/domain/imageDataset';

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Images in `groups` of equal size that follow one another; every fifth is for testing. Classes are the groups where there are classes. */
export function imagesInGroups(count: number, groups: number, hasClasses = true): DatasetInfo {
  const group = (i: number) => Math.floor((i * groups) / count);
  return {
    name: 'stickers',
    source: { kind: 'folder', name: 'stickers', count, fingerprint: 'f00' },
    size: 32,
    count,
    names: Array.from({ length: count }, (_, i) => `stickers/group-${group(i)}/image-${i}.png`),
    labels: hasClasses ? Int16Array.from({ length: count }, (_, i) => group(i)) : null,
    classNames: hasClasses ? Array.from({ length: groups }, (_, g) => `class ${g}`) : [],
    split: Uint8Array.from({ length: count }, (_, i) => (i % 5 === 4 ? 1 : 0)),
  };
}

/** A map of these groups: discs around the centres of a square lattice. */
export function positionsInGroups(count: number, groups: number, seed = 1): Float32Array<ArrayBuffer> {
  const draw = draws(seed);
  const columns = Math.ceil(Math.sqrt(groups));
  const positions = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const group = Math.floor((i * groups) / count);
    const [angle, radius] = [2 * Math.PI * draw(), 3.2 * Math.sqrt(draw())];
    positions[2 * i] = 10 * (group % columns) + radius * Math.cos(angle);
    positions[2 * i + 1] = 10 * Math.floor(group / columns) + radius * Math.sin(angle);
  }
  return positions;
}

/** Clusters that are these groups; the last image of each is noise. */
export function clustersOfGroups(count: number, groups: number): Clusters {
  const group = (i: number) => Math.floor((i * groups) / count);
  const isLast = (i: number) => i === count - 1 || group(i + 1) !== group(i);
  const firsts = Array.from({ length: count }, (_, i) => i).filter((i) => i === 0 || group(i - 1) !== group(i));
  return {
    labels: Int32Array.from({ length: count }, (_, i) => (isLast(i) ? -1 : group(i))),
    probabilities: Float32Array.from({ length: count }, (_, i) => (isLast(i) ? 0 : 0.5 + (i % 5) / 10)),
    medoids: Int32Array.from(firsts),
    outlierScores: Float32Array.from({ length: count }, (_, i) => (isLast(i) ? 0.995 : (i % 7) / 20)),
  };
}

/** The exploration of such images: each is nearest to those beside it, and every hundredth nearly the same as the next. */
export function explorationOf(count: number, k = 5): Exploration {
  const indices = new Int32Array(count * k);
  const similarities = new Float32Array(count * k);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < k; j++) {
      const step = j % 2 === 0 ? 1 + j / 2 : -(1 + (j - 1) / 2);
      indices[i * k + j] = (i + step + count) % count;
      similarities[i * k + j] = (i % 100 === 0 ? 0.99 : 0.8 + (i % 10) / 100) - 0.02 * j;
    }
  }
  return {
    by: 'run',
    step: 300,
    graph: { n: count, k, indices, similarities, isExact: true },
    exact: [[0, 1, 2]],
    near: [
      { a: 10, b: 11, score: 0.97, kind: 'same', isLeak: false },
      { a: 13, b: 14, score: 0.95, kind: 'same', isLeak: true },
    ],
    quality: [
      { image: 3, kind: 'dark', score: 0.9 },
      { image: 5, kind: 'blurred', score: 0.7 },
      { image: 6, kind: 'blurred', score: 0.8 },
    ],
  };
}

/** What the worker answers to `explore`, with features of two numbers. */
export function exploredOf(count: number): Explored {
  return {
    exploration: { ...explorationOf(count), near: null },
    features: { data: new Float32Array(2 * count), n: count, d: 2 },
    copies: {
      count,
      colours: new Uint8Array(3 * count),
      widths: new Uint16Array(count),
      heights: new Uint16Array(count),
    },
    measuringMs: 1500,
  };
}

/** A run of 1,990 photographs that is worse than raw pixels. */
export function lostLine(): BottomLine {
  const images = 1990;
  const comparison: Comparison = {
    measure: 'view retrieval',
    images,
    trained: shareOf(0.063, images),
    untrained: shareOf(0.068, images),
    rawPixels: shareOf(0.15, images),
  };
  return {
    verdict: 'no',
    answer: 'No, for these images this embedding is not better than what needs no training.',
    sentence: 'No: …',
    advice: ['Train longer.', 'Until then use raw pixels.'],
    comparisons: [comparison],
  };
}
