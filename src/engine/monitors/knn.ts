import type { FeatureRows } from '../../domain/features';
import { checkRows, unitRows } from './featureRows';
import { type SimilarityPace, similarityBlocks } from './similarity';

export interface KnnInput {
  /** Features that vote, and one class index per row. */
  readonly bank: FeatureRows;
  readonly bankLabels: ArrayLike<number>;
  /** Features to classify, and their true classes. */
  readonly queries: FeatureRows;
  readonly queryLabels: ArrayLike<number>;
  /** Number of classes; labels are 0..classes - 1. */
  readonly classes: number;
  /** Voters per query; more than the bank holds means all of it. */
  readonly k: number;
  /** T of the vote's weight exp(cosine / T), above 0. */
  readonly temperature: number;
}

export interface KnnResult {
  /** Share of queries whose winning class is right, in [0, 1]; NaN without queries. */
  readonly accuracy: number;
  readonly correct: number;
  /** Winning class per query; of equal scores the lowest class. */
  readonly predicted: Int32Array;
  /** Share of the vote per class, [queries, classes], each row summing to 1. */
  readonly scores: Float64Array;
  /** Voters really used per query: min(k, bank). */
  readonly k: number;
}

/**
 * Weighted kNN classification (Wu et al. 2018, Sec. 3.4; the monitor of Fig. 2 right): features are l2-normalised, the k bank rows
 * of largest cosine vote for their class with weight exp(cosine / T). Of equal cosines the earlier row votes.
 * @param pace how it is computed bit by bit; all at once where left out
 * @throws RangeError for shapes that do not fit, labels outside 0..classes - 1, an empty bank, k < 1 or T <= 0.
 */
export async function knnAccuracy(input: KnnInput, pace?: SimilarityPace): Promise<KnnResult> {
  checkInput(input);
  const { bank, bankLabels, queries, queryLabels, classes, temperature } = input;
  const k = Math.min(input.k, bank.n);
  const predicted = new Int32Array(queries.n);
  const scores = new Float64Array(queries.n * classes);
  const nearest = new Int32Array(k);
  let correct = 0;
  for await (const { start, count, values } of similarityBlocks(unitRows(queries), unitRows(bank), pace)) {
    for (let row = 0; row < count; row++) {
      const query = start + row;
      const similarities = values.subarray(row * bank.n, (row + 1) * bank.n);
      largest(similarities, nearest);
      const votes = scores.subarray(query * classes, (query + 1) * classes);
      vote(similarities, nearest, bankLabels, temperature, votes);
      predicted[query] = argMax(votes);
      if (predicted[query] === queryLabels[query]) correct++;
    }
  }
  return { accuracy: correct / queries.n, correct, predicted, scores, k };
}

/**
 * The highest accuracy, in [0, 1], of giving every query the same answer. The answer must be a class of the bank, since kNN cannot give
 * another one. NaN without queries.
 */
export function chanceRate(queryLabels: ArrayLike<number>, bankLabels: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < bankLabels.length; i++) counts.set(bankLabels[i], 0);
  for (let i = 0; i < queryLabels.length; i++) {
    const count = counts.get(queryLabels[i]);
    if (count !== undefined) counts.set(queryLabels[i], count + 1);
  }
  return queryLabels.length === 0 ? Number.NaN : Math.max(0, ...counts.values()) / queryLabels.length;
}

function checkInput({ bank, bankLabels, queries, queryLabels, classes, k, temperature }: KnnInput): void {
  checkRows(bank, 'bank');
  checkRows(queries, 'queries');
  if (bank.n === 0) throw new RangeError('The kNN bank is empty: it needs at least one labelled image.');
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be a whole number of at least 1, got ${k}.`);
  if (!(temperature > 0)) throw new RangeError(`The kNN temperature must be above 0, got ${temperature}.`);
  checkLabels(bankLabels, bank.n, classes, 'bankLabels');
  checkLabels(queryLabels, queries.n, classes, 'queryLabels');
}

function checkLabels(labels: ArrayLike<number>, n: number, classes: number, name: string): void {
  if (labels.length !== n) throw new RangeError(`${name}: expected ${n} labels, got ${labels.length}.`);
  for (let i = 0; i < n; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(`${name}[${i}] is ${label}, not a class in 0..${classes - 1}.`);
    }
  }
}

/** Fills `nearest` with the indices of the largest values, largest first; of equal values the earlier index. */
function largest(values: Float32Array, nearest: Int32Array): void {
  const k = nearest.length;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    let place = Math.min(i, k);
    if (place === k && !(value > values[nearest[k - 1]])) continue;
    // Insertion sort: after the first few hundred values, few get this far.
    if (place === k) place--;
    for (; place > 0 && values[nearest[place - 1]] < value; place--) nearest[place] = nearest[place - 1];
    nearest[place] = i;
  }
}

/** Votes with weights relative to that of the nearest, which does not change the shares and keeps exp finite at any temperature. */
function vote(
  similarities: Float32Array,
  nearest: Int32Array,
  labels: ArrayLike<number>,
  temperature: number,
  votes: Float64Array,
): void {
  const top = similarities[nearest[0]];
  let total = 0;
  for (const index of nearest) {
    const weight = Math.exp((similarities[index] - top) / temperature);
    votes[labels[index]] += weight;
    total += weight;
  }
  for (let c = 0; c < votes.length; c++) votes[c] /= total;
}

function argMax(values: Float64Array): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if (values[c] > values[best]) best = c;
  return best;
}
