import type { PictureCopies } from '../../domain/exploration';
import type { PictureFacts } from '../../domain/imageDataset';
import { AREA } from './pictureCopies';

/**
 * Groups of pictures that are equal pixel for pixel at their original size: equal hashes and shapes, and equal copies, so that a chance
 * collision of hashes is no duplicate.
 * @returns groups of two or more, each in the order of the pictures
 */
export function exactGroups(
  { exactHashes, widths, heights }: Pick<PictureFacts, 'exactHashes' | 'widths' | 'heights'>,
  { count, colours }: Pick<PictureCopies, 'count' | 'colours'>,
): number[][] {
  const groups = new Map<string, number[][]>();
  const areEqual = (a: number, b: number) => {
    for (let i = 0; i < 3 * AREA; i++) if (colours[3 * AREA * a + i] !== colours[3 * AREA * b + i]) return false;
    return true;
  };
  for (let i = 0; i < count; i++) {
    const key = `${widths[i]} ${heights[i]} ${exactHashes[2 * i]} ${exactHashes[2 * i + 1]}`;
    const there = groups.get(key);
    const own = there?.find(([first]) => areEqual(first, i));
    if (own !== undefined) own.push(i);
    else if (there !== undefined) there.push([i]);
    else groups.set(key, [[i]]);
  }
  return [...groups.values()].flat().filter((group) => group.length > 1);
}

/** One of each group of equal pictures, and all other pictures. */
export function withoutRepeats(groups: readonly (readonly number[])[], count: number): number[] {
  const repeats = new Set(groups.flatMap(([, ...others]) => others));
  return Array.from({ length: count }, (_, i) => i).filter((i) => !repeats.has(i));
}
