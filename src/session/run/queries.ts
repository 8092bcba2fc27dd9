import { type DatasetInfo, indicesOf, NO_LABEL, TEST, TRAIN } from '../../domain/imageDataset';

/** Images whose neighbours the gallery shows at once. */
export const QUERY_COUNT = 5;

/**
 * Query images: one of each of several classes where there are classes, else evenly spaced over the data set. Test images where there are
 * any, else training images. Each `round` (0, 1, 2, ...) gives other images.
 */
export function pickQueries(info: DatasetInfo, round: number): number[] {
  const test = indicesOf(info, TEST);
  const candidates = test.length > 0 ? test : indicesOf(info, TRAIN);
  const { labels, classNames } = info;
  if (labels === null || classNames.length < 2) return spread(candidates, round);
  const byClass = new Map<number, number[]>();
  for (const index of candidates) {
    const label = labels[index] ?? NO_LABEL;
    if (label === NO_LABEL) continue;
    const members = byClass.get(label);
    if (members === undefined) byClass.set(label, [index]);
    else members.push(index);
  }
  const classes = [...byClass.values()];
  if (classes.length === 0) return spread(candidates, round);
  const queries: number[] = [];
  for (let i = 0; i < Math.min(QUERY_COUNT, candidates.length); i++) {
    // Consecutive rounds continue through the classes, and through the members of each class.
    const at = round * QUERY_COUNT + i;
    const members = classes[at % classes.length] ?? [];
    const member = members[Math.floor(at / classes.length) % members.length];
    if (member !== undefined && !queries.includes(member)) queries.push(member);
  }
  return queries;
}

function spread(candidates: Uint32Array, round: number): number[] {
  const count = Math.min(QUERY_COUNT, candidates.length);
  const queries = new Set<number>();
  for (let i = 0; i < count; i++) {
    const index = candidates[(Math.floor((i * candidates.length) / count) + round) % candidates.length];
    if (index !== undefined) queries.add(index);
  }
  return [...queries];
}
