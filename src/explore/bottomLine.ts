import { combinedError, differs, type Estimate, exceeds, shareOf } from '../domain/accuracy';
import type { BottomLine, Comparison, MeasuredShare, Verdict } from '../domain/bottomLine';

export interface EncoderMeasures {
  /** How often the nearest view of other images' and its own is the image's own. */
  readonly viewRetrieval: MeasuredShare;
  /** kNN accuracy; null without labelled training and test images. */
  readonly knn: MeasuredShare | null;
  /** Accuracy of the linear probe where it was evaluated. */
  readonly probe?: MeasuredShare | null;
}

/**
 * Whether an embedding is better than the untrained network and than raw pixels for a folder, and than the weights as they came where training
 * began with some. Differences count beyond two combined standard errors, with the binomial error of each share; the same images are asked for,
 * so the true error of a difference is smaller. Where there are classes, kNN and probe decide, since view retrieval is close to what training
 * optimises and shows invariance, not meaning. Whatever is below raw pixels or the weights as they came by any measure is better in part at
 * most, and so is what finds hardly any picture again where nothing else is known. What is below the weights as they came by a measure that
 * decides is not better.
 * @throws RangeError without images
 */
export function bottomLine({ viewRetrieval, knn, probe = null }: EncoderMeasures): BottomLine {
  if (!(viewRetrieval.images > 0)) throw new RangeError('A comparison needs at least one image.');
  const retrieval = comparisonOf('view retrieval', viewRetrieval);
  const classes = [
    ...(probe === null ? [] : [comparisonOf('linear probe', probe)]),
    ...(knn === null ? [] : [comparisonOf('kNN accuracy', knn)]),
  ];
  const comparisons = [...classes, retrieval];
  const deciding = classes.length > 0 ? classes : [retrieval];
  const verdict = verdictOf(deciding, retrieval);
  const answer = (viewRetrieval.given === undefined ? ANSWERS : ANSWERS_AFTER_A_WARM_START)[verdict];
  return {
    verdict,
    answer: `${answer}.`,
    sentence: `${answer}: ${comparisons.map(inWords).join('; ')}.`,
    advice: adviceFor(verdict, deciding, retrieval),
    comparisons,
  };
}

const ANSWERS: Readonly<Record<Verdict, string>> = {
  yes: 'Yes, for these images this embedding is better than the untrained network and than raw pixels',
  partly: 'Only in part is this embedding better than what needs no training',
  no: 'No, for these images this embedding is not better than what needs no training',
};

const ANSWERS_AFTER_A_WARM_START: Readonly<Record<Verdict, string>> = {
  yes: 'Yes, for these images this embedding is better than the weights as they came, the untrained network and raw pixels',
  partly: 'Only in part is this embedding better than the weights as they came, the untrained network and raw pixels',
  no: 'No, for these images this embedding is not better than the best of the weights as they came, the untrained network and raw pixels',
};

function comparisonOf(measure: Comparison['measure'], { images, ...shares }: MeasuredShare): Comparison {
  return {
    measure,
    images,
    trained: shareOf(shares.trained, images),
    ...(shares.given !== undefined && { given: shareOf(shares.given, images) }),
    untrained: shareOf(shares.untrained, images),
    rawPixels: shareOf(shares.rawPixels, images),
  };
}

const isAboveUntrained = ({ trained, untrained }: Comparison) => exceeds(trained, untrained);
const isAbovePixels = ({ trained, rawPixels }: Comparison) => exceeds(trained, rawPixels);
const isBelowPixels = ({ trained, rawPixels }: Comparison) => exceeds(rawPixels, trained);
/** Both false where training began with random weights. */
const isAboveGiven = ({ trained, given }: Comparison) => given !== undefined && exceeds(trained, given);
const isBelowGiven = ({ trained, given }: Comparison) => given !== undefined && exceeds(given, trained);
const isAboveAll = (comparison: Comparison) =>
  isAboveUntrained(comparison) &&
  isAbovePixels(comparison) &&
  (comparison.given === undefined || isAboveGiven(comparison));

/**
 * Where no view retrieval reaches this, so few images are found again that being better than the others is of no use. On 20,000 images of noise
 * raw pixels reach 0.01.
 */
const LEAST_RETRIEVAL = 0.02;
const findsHardlyAny = ({ measure, trained, given = trained, untrained, rawPixels }: Comparison) =>
  measure === 'view retrieval' && [trained, given, untrained, rawPixels].every(({ value }) => value < LEAST_RETRIEVAL);

function verdictOf(deciding: readonly Comparison[], retrieval: Comparison): Verdict {
  const decides = deciding.every(isAboveAll);
  const isBelow = isBelowPixels(retrieval) || isBelowGiven(retrieval);
  if (decides && !isBelow && !deciding.every(findsHardlyAny)) return 'yes';
  const isPartly = deciding.some(isAboveUntrained) || isAboveAll(retrieval);
  // Less than another network by any deciding measure is no gain that another measure could make up for.
  const isLess = deciding.some(
    (comparison) => exceeds(comparison.untrained, comparison.trained) || isBelowGiven(comparison),
  );
  return isPartly && !isLess ? 'partly' : 'no';
}

function inWords({ measure, trained, given, untrained, rawPixels, images }: Comparison): string {
  const before = given === undefined ? '' : `, as it came ${percent(given)} (${relation(trained, given)})`;
  return `${measure} ${percent(trained)}${before}, untrained ${percent(untrained)} (${relation(trained, untrained)}), raw pixels ${percent(rawPixels)} (${relation(trained, rawPixels)}), of ${images.toLocaleString('en')} images`;
}

const percent = ({ value, standardError }: Estimate) =>
  `${(100 * value).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;

function relation(a: Estimate, b: Estimate): string {
  if (differs(a, b)) return a.value > b.value ? 'higher' : 'lower';
  return combinedError(a, b) > 0.05 ? 'too few images to tell' : 'no clear difference';
}

function adviceFor(verdict: Verdict, deciding: readonly Comparison[], retrieval: Comparison): string[] {
  const comparisons = [...new Set([...deciding, retrieval])];
  const advice: string[] = [];
  const fewest = Math.min(...comparisons.map(({ images }) => images));
  if (fewest < 200) advice.push(`Measure on more images: with ${fewest}, only large differences show.`);
  if (verdict === 'yes') return [...advice, 'Use it: embed the folder, search it, or label it in clusters.'];
  if (deciding.every(findsHardlyAny)) {
    advice.push(
      `Do not rely on a search, a map or clusters here: neither the embedding nor raw pixels find ${100 * LEAST_RETRIEVAL} % of the images again by another view.`,
      'Train longer, and watch whether view retrieval rises.',
      'Try larger crops (a higher smallest crop area), so that two views of an image share more of it.',
    );
    return advice;
  }
  if (deciding.every(isAboveAll)) {
    const other = isBelowPixels(retrieval) ? 'compare raw pixels' : 'use the weights as they came';
    advice.push(`Use it where classes count. To find the same picture again, ${other}.`);
    return advice;
  }
  if (deciding.some(({ given }) => given !== undefined)) return [...advice, ...adviceAfterAWarmStart(deciding)];
  if (!comparisons.some(isAboveUntrained)) {
    advice.push('Train longer, and watch that view retrieval rises above the line of the untrained network.');
    advice.push(
      'Try half and twice the learning rate, and look at the output std: a collapse makes all features alike.',
    );
  } else advice.push('Train longer: it has begun to learn.');
  if (comparisons.some(isBelowPixels)) {
    advice.push('Try larger crops (a higher smallest crop area): the folder can be told apart by its whole pictures.');
    advice.push('Until then use raw pixels: search and clusters by them are better for this folder.');
  }
  if (comparisons.some(({ images }) => images < 5000)) {
    advice.push('Start from an encoder that was trained on more images of the same kind, if there is one.');
  }
  return advice;
}

function adviceAfterAWarmStart(deciding: readonly Comparison[]): string[] {
  if (deciding.some(isBelowGiven)) {
    return [
      'Use the weights as they came: training made them worse for this folder.',
      'Train again from them with a lower learning rate, a smaller share of it for the backbone, or the first stages and BN frozen.',
    ];
  }
  const pixels = deciding.some(isBelowPixels)
    ? ['Until then use raw pixels: search and clusters by them are better for this folder.']
    : [];
  if (deciding.every(isAboveGiven)) return ['Train longer: it has begun to learn.', ...pixels];
  return [
    'Train longer, or with a higher learning rate: the weights are not clearly better than they came.',
    ...pixels,
  ];
}
