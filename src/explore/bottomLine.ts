import { combinedError, differs, type Estimate, exceeds, shareOf } from '../domain/accuracy';

/** A measure of an encoder on a folder, beside the same of the untrained network and of raw pixels; shares in [0, 1]. */
export interface MeasuredShare {
  /** Images that were asked for. */
  readonly images: number;
  readonly trained: number;
  readonly untrained: number;
  readonly rawPixels: number;
}

export interface EncoderMeasures {
  /** How often the nearest view of other images' and its own is the image's own. */
  readonly viewRetrieval: MeasuredShare;
  /** kNN accuracy; null without labelled training and test images. */
  readonly knn: MeasuredShare | null;
  /** Accuracy of the linear probe where it was evaluated. */
  readonly probe?: MeasuredShare;
}

/** `partly`: above the untrained network and raw pixels by one measure and not by another, or above the untrained network alone. */
export type Verdict = 'yes' | 'partly' | 'no';

export interface Comparison {
  readonly measure: 'view retrieval' | 'kNN accuracy' | 'linear probe';
  readonly trained: Estimate;
  readonly untrained: Estimate;
  readonly rawPixels: Estimate;
  readonly images: number;
}

export interface BottomLine {
  readonly verdict: Verdict;
  /** One sentence with the numbers. */
  readonly sentence: string;
  /** What to try next, the most promising first. */
  readonly advice: readonly string[];
  readonly comparisons: readonly Comparison[];
}

/**
 * Whether an embedding is better than the untrained network and than raw pixels for a folder. Differences count beyond two combined standard
 * errors, with the binomial error of each share; the same images are asked for, so the true error of a difference is smaller. Where there are
 * classes, kNN and probe decide, since view retrieval is close to what training optimises and shows invariance, not meaning.
 * @throws RangeError without images
 */
export function bottomLine({ viewRetrieval, knn, probe }: EncoderMeasures): BottomLine {
  if (!(viewRetrieval.images > 0)) throw new RangeError('A comparison needs at least one image.');
  const retrieval = comparisonOf('view retrieval', viewRetrieval);
  const classes = [
    ...(probe === undefined ? [] : [comparisonOf('linear probe', probe)]),
    ...(knn === null ? [] : [comparisonOf('kNN accuracy', knn)]),
  ];
  const comparisons = [...classes, retrieval];
  const verdict = verdictOf(classes.length > 0 ? classes : [retrieval], retrieval);
  return {
    verdict,
    sentence: `${OPENINGS[verdict]} ${comparisons.map(inWords).join('; ')}.`,
    advice: adviceFor(verdict, comparisons),
    comparisons,
  };
}

const OPENINGS: Readonly<Record<Verdict, string>> = {
  yes: 'Yes, for these images this embedding is better than the untrained network and than raw pixels:',
  partly: 'Only in part is this embedding better than what needs no training:',
  no: 'No, for these images this embedding is not better than what needs no training:',
};

function comparisonOf(measure: Comparison['measure'], { images, ...shares }: MeasuredShare): Comparison {
  return {
    measure,
    images,
    trained: shareOf(shares.trained, images),
    untrained: shareOf(shares.untrained, images),
    rawPixels: shareOf(shares.rawPixels, images),
  };
}

const isAboveUntrained = ({ trained, untrained }: Comparison) => exceeds(trained, untrained);
const isAbovePixels = ({ trained, rawPixels }: Comparison) => exceeds(trained, rawPixels);
const isAboveBoth = (comparison: Comparison) => isAboveUntrained(comparison) && isAbovePixels(comparison);

function verdictOf(deciding: readonly Comparison[], retrieval: Comparison): Verdict {
  if (deciding.every(isAboveBoth)) return 'yes';
  const isPartly = deciding.some(isAboveUntrained) || isAboveBoth(retrieval);
  // Less than both by any deciding measure is no gain that another one could make up for.
  const isLess = deciding.some(({ trained, untrained }) => exceeds(untrained, trained));
  return isPartly && !isLess ? 'partly' : 'no';
}

function inWords({ measure, trained, untrained, rawPixels, images }: Comparison): string {
  return `${measure} ${percent(trained)}, untrained ${percent(untrained)} (${relation(trained, untrained)}), raw pixels ${percent(rawPixels)} (${relation(trained, rawPixels)}), of ${images.toLocaleString('en')} images`;
}

const percent = ({ value, standardError }: Estimate) =>
  `${(100 * value).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;

function relation(a: Estimate, b: Estimate): string {
  if (differs(a, b)) return a.value > b.value ? 'higher' : 'lower';
  return combinedError(a, b) > 0.05 ? 'too few images to tell' : 'no clear difference';
}

function adviceFor(verdict: Verdict, comparisons: readonly Comparison[]): string[] {
  const advice: string[] = [];
  const fewest = Math.min(...comparisons.map(({ images }) => images));
  if (fewest < 200) advice.push(`Measure on more images: with ${fewest}, only large differences show.`);
  if (verdict === 'yes') return [...advice, 'Use it: embed the folder, search it, or label it in clusters.'];
  const belowPixels = comparisons.some(({ trained, rawPixels }) => exceeds(rawPixels, trained));
  const aboveUntrained = comparisons.some(isAboveUntrained);
  if (!aboveUntrained) {
    advice.push('Train longer, and watch that view retrieval rises above the line of the untrained network.');
    advice.push(
      'Try half and twice the learning rate, and look at the output std: a collapse makes all features alike.',
    );
  } else advice.push('Train longer: it has begun to learn.');
  if (belowPixels) {
    advice.push('Try larger crops (a higher smallest crop area): the folder can be told apart by its whole pictures.');
    advice.push('Until then use raw pixels: search and clusters by them are better for this folder.');
  }
  if (comparisons.some(({ images }) => images < 5000)) {
    advice.push('Start from an encoder that was trained on more images of the same kind, if there is one.');
  }
  return advice;
}
