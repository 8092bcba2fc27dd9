import { COSINE_BINS, type OutputCloud } from '../../../domain/outputFrame';
import { grouped, inWords } from '../../numbers';
import { percentWords } from './describeOutputs';

/** “1st”, “64th” */
export function ordinal(n: number): string {
  const lastTwo = n % 100;
  const ending = lastTwo > 10 && lastTwo < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${grouped(n)}${ending}`;
}

/** The histogram of cosines in words: the mean, and where most pairs lie. */
export function cosineWords({ cosines, meanCosine }: Pick<OutputCloud, 'cosines' | 'meanCosine'>): string {
  if (!Number.isFinite(meanCosine) || !cosines.every(Number.isFinite)) {
    return 'Cosines of pairs of images: not numbers.';
  }
  const width = 2 / COSINE_BINS;
  const fullest = cosines.indexOf(Math.max(...cosines));
  const [from, to] = [-1 + fullest * width, -1 + (fullest + 1) * width];
  const share = percentWords(cosines[fullest] ?? 0);
  return `Cosines of pairs of images: mean ${inWords(meanCosine, 2)}; most often between ${inWords(from, 2)} and ${inWords(to, 2)}, ${share} of the pairs.`;
}

/** The singular values in words. */
export function singularWords(
  { singularValues, effectiveRank }: Pick<OutputCloud, 'singularValues' | 'effectiveRank'>,
  dimensions: number,
  rankBound: number,
): string {
  const [first] = singularValues;
  if (first === undefined || !singularValues.every(Number.isFinite)) return 'Singular values: not numbers.';
  const even = 1 / Math.sqrt(dimensions);
  const above = singularValues.filter((value) => value > even).length;
  const rank = Number.isFinite(effectiveRank) ? inWords(effectiveRank, 1) : 'not a number';
  return `Singular values: the largest is ${inWords(first, 2)}, ${above} of ${grouped(singularValues.length)} are above 1/√d = ${inWords(even, 3)}; effective rank ${rank} of ${grouped(rankBound)}.`;
}
