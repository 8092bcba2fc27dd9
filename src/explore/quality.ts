import type { QualityKind } from '../domain/exploration';
import type { PictureFacts } from '../domain/imageDataset';

/** What each kind means, and how sure it is. */
export const QUALITY_HELP: Readonly<Record<QualityKind, string>> = {
  dark: 'Nearly black on the whole. A picture of the night or on a black ground is one too.',
  bright: 'Nearly white on the whole. A drawing on a white ground is one too.',
  blurred: 'Far less fine structure than the other pictures of about its size. A smooth subject looks the same.',
  empty: 'Nearly one colour: there is hardly anything to see. This is nearly always right.',
  small: 'Far fewer pixels than the other pictures. This is measured, not guessed.',
  shape: 'Far longer or wider than the other pictures. This is measured, not guessed.',
};

export interface QualityFinding {
  readonly index: number;
  readonly kind: QualityKind;
  /** How far the picture lies beyond the limit of its kind, in (0, 1]: 0 at the limit. */
  readonly score: number;
}

/**
 * A kind's limits. A picture is listed where it is unusual in its folder, by more robust standard deviations than `deviations`, and beyond
 * the `absolute` limit, so that nothing is listed in a folder where all are fine; or beyond the limit `always`, whatever the folder is like.
 */
interface Limits {
  readonly deviations: number;
  readonly absolute: number;
  readonly always: number;
}

/** In levels of mean grey; `absolute` and `always` of the distance to black or white. */
const LIGHT: Limits = { deviations: 3, absolute: 45, always: 12 };
/** Of log2 of sharpness below that expected at the picture's size. */
const BLUR: Limits = { deviations: 3, absolute: 2, always: Number.POSITIVE_INFINITY };
/** Variance of the Laplacian in levels squared: `always` is less than what compression adds to a plain ground. */
const EMPTY: Limits = { deviations: 0, absolute: 0, always: 1.5 };
/** Of log2 of the area below the median, and of log2 of width / height beside the median. */
const SIZE: Limits = { deviations: 3, absolute: 2, always: Number.POSITIVE_INFINITY };
const SHAPE: Limits = { deviations: 3, absolute: 0.9, always: 3 };

/** 1.4826 times the median absolute deviation is the standard deviation of a normal distribution. */
const NORMAL = 1.4826;

/** Fewer pictures do not say what is usual. */
const ENOUGH = 20;

/** Pictures whose quality stands out, in the order of their scores. @param facts of the whole pictures at their original size */
export function qualityFindings(facts: PictureFacts): QualityFinding[] {
  const { widths, heights, sharpness, brightness } = facts;
  const areas = Float64Array.from(widths, (width, i) => Math.log2(width * heights[i]));
  const shapes = Float64Array.from(widths, (width, i) => Math.log2(width / heights[i]));
  const grey = Float64Array.from(brightness);
  const fine = Float64Array.from(sharpness, (value) => Math.log2(value + 0.5));
  const isEmpty = Array.from(sharpness, (value, i) => value < EMPTY.always && widths[i] > 2 && heights[i] > 2);
  const expected = sharpnessBySize(areas, fine);
  const lack = fine.map((value, i) => (isEmpty[i] ? 0 : expected[i] - value));
  const findings: QualityFinding[] = [
    ...beyond(
      'dark',
      grey.map((value) => -value),
      grey,
      LIGHT,
    ),
    ...beyond(
      'bright',
      grey,
      grey.map((value) => 255 - value),
      LIGHT,
    ),
    ...isEmpty.flatMap((empty, index) =>
      empty ? [{ index, kind: 'empty', score: 1 - sharpness[index] / EMPTY.always } as const] : [],
    ),
    ...unusual('blurred', lack, 0, BLUR),
    ...unusual(
      'small',
      areas.map((area) => -area),
      -median(areas),
      SIZE,
    ),
    ...unusual('shape', shapes, median(shapes), SHAPE),
    ...unusual(
      'shape',
      shapes.map((shape) => -shape),
      -median(shapes),
      SHAPE,
    ),
  ];
  return findings
    .map((finding) => ({ ...finding, score: Math.max(1e-3, finding.score) }))
    .sort((a, b) => b.score - a.score);
}

/** Pictures whose value is unusually high, and whose distance to black or white is small. */
function* beyond(
  kind: QualityKind,
  values: Float64Array,
  distance: Float64Array,
  limits: Limits,
): Generator<QualityFinding> {
  const middle = median(values);
  const deviation = deviationAround(values, middle);
  for (let index = 0; index < values.length; index++) {
    const isUnusual =
      values.length >= ENOUGH &&
      values[index] - middle > limits.deviations * deviation &&
      distance[index] < limits.absolute;
    if (!isUnusual && !(distance[index] < limits.always)) continue;
    yield { index, kind, score: 1 - distance[index] / limits.absolute };
  }
}

/** Pictures whose value lies far above the middle: the score is 1 at twice the limit. */
function* unusual(kind: QualityKind, values: Float64Array, middle: number, limits: Limits): Generator<QualityFinding> {
  const deviation = deviationAround(values, middle);
  const limit = Math.min(limits.always, Math.max(limits.absolute, limits.deviations * deviation));
  if (values.length < ENOUGH && limits.always === Number.POSITIVE_INFINITY) return;
  for (let index = 0; index < values.length; index++) {
    const excess = values[index] - middle - limit;
    if (excess > 0) yield { index, kind, score: Math.min(1, excess / limit) };
  }
}

/**
 * The sharpness usual for each picture's size: enlarged and large photographs have less fine structure a pixel. The median of the pictures
 * of about its area (within a factor of two), or of all where there are few.
 */
function sharpnessBySize(areas: Float64Array, fine: Float64Array): Float64Array {
  const all = median(fine);
  const byBin = new Map<number, number[]>();
  areas.forEach((area, i) => {
    const bin = Math.round(area / 2);
    const there = byBin.get(bin);
    if (there === undefined) byBin.set(bin, [fine[i]]);
    else there.push(fine[i]);
  });
  const medians = new Map([...byBin].map(([bin, values]) => [bin, values.length < ENOUGH ? all : median(values)]));
  return areas.map((area) => medians.get(Math.round(area / 2)) ?? all);
}

function deviationAround(values: Float64Array, middle: number): number {
  return NORMAL * median(Float64Array.from(values, (value) => Math.abs(value - middle)));
}

function median(values: ArrayLike<number>): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
