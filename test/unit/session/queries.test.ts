import { describe, expect, it } from 'vitest';
import { type DatasetInfo, NO_LABEL, TEST, TRAIN } from '../../../src/domain/imageDataset';
import { pickQueries, QUERY_COUNT } from '../../../src/session/run/queries';

function info(labels: readonly number[] | null, split: readonly number[]): DatasetInfo {
  return {
    name: 'images',
    source: { kind: 'folder', name: 'images', count: split.length, fingerprint: '0' },
    size: 32,
    count: split.length,
    names: split.map((_, i) => `image ${i}`),
    labels: labels === null ? null : Int16Array.from(labels),
    classNames: ['a', 'b', 'c'],
    split: Uint8Array.from(split),
  };
}

describe('pickQueries', () => {
  it('chooses test images of different classes, and others in the next round', () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    const split = labels.map((_, i) => (i < 30 ? TRAIN : TEST));
    const first = pickQueries(info(labels, split), 0);
    const next = pickQueries(info(labels, split), 1);
    expect(first).toHaveLength(QUERY_COUNT);
    expect(new Set(first).size).toBe(QUERY_COUNT);
    expect(first.every((index) => split[index] === TEST)).toBe(true);
    expect(first.slice(0, 3).map((index) => labels[index])).toEqual([0, 1, 2]);
    expect(next).not.toEqual(first);
  });

  it('spaces queries evenly where there are no classes, and works with few images', () => {
    const spread = pickQueries(info(null, Array(100).fill(TRAIN)), 0);
    expect(spread).toEqual([0, 20, 40, 60, 80]);
    expect(pickQueries(info(null, [TRAIN, TRAIN]), 3)).toHaveLength(2);
    expect(pickQueries(info([NO_LABEL, NO_LABEL], [TRAIN, TRAIN]), 0)).toHaveLength(2);
  });
});
