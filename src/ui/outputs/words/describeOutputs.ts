import { DIAGNOSIS_STATES, type DiagnosisState } from '../../../domain/diagnosis/states';
import type { FrameImages, OutputFrame, Reading } from '../../../domain/outputFrame';
import { grouped, inWords } from '../../numbers';
import { type OutputFacts, outputFacts } from './outputFacts';

export const READING_WORDS: Readonly<Record<Reading, string>> = {
  z: 'output z',
  p: 'prediction p',
  features: 'backbone features',
};

/** Outputs with at least this mean cosine are one point for the eye; a collapse as it is diagnosed has about 0.96 and more. */
const ONE_POINT_COSINE = 0.94;
/** And they must lie within so many degrees of it in the picture, but for 5 % of the images. */
const ONE_POINT_DEGREES = 30;
/** An effective rank below this share of the largest possible one is few directions. */
const FEW_DIRECTIONS = 0.75;
/** Below this length of the centre, there is no direction around which the outputs lie. */
const NO_CENTRE = 0.3;

/** Whether the numbers say that all images have nearly the same output. */
export function isOnePoint({ meanCosine, mostWithin, placed, images }: OutputFacts): boolean {
  return placed === images && meanCosine >= ONE_POINT_COSINE && mostWithin <= ONE_POINT_DEGREES;
}

function isFewDirections({ effectiveRank, rankBound }: OutputFacts): boolean {
  return effectiveRank < FEW_DIRECTIONS * rankBound;
}

/** Degrees rounded up, so that “within” holds. */
function degrees(angle: number): string {
  return `${Math.max(1, Math.ceil(angle))}°`;
}

/** A share in whole percent, but 100 and 0 only where they are exact to a tenth. */
export function percentWords(share: number): string {
  const percent = 100 * share;
  if (percent > 99 && percent < 99.95) return `${(Math.floor(10 * percent) / 10).toFixed(1)} %`;
  if (percent > 0.05 && percent < 1) return `${(Math.ceil(10 * percent) / 10).toFixed(1)} %`;
  return `${Math.round(percent)} %`;
}

function whereWords(facts: OutputFacts): string {
  const { images, placed, concentration, allWithin, mostWithin } = facts;
  const count = grouped(images);
  if (placed < images) return `${grouped(placed)} of ${count} images have an output that is a number`;
  if (isOnePoint(facts)) {
    return allWithin <= ONE_POINT_DEGREES
      ? `${count} images lie within ${degrees(allWithin)} of one point`
      : `95 % of ${count} images lie within ${degrees(mostWithin)} of one point`;
  }
  if (concentration < NO_CENTRE) return `${count} images lie around no common direction`;
  return `95 % of ${count} images lie within ${degrees(mostWithin)} of a common direction`;
}

function number(value: number, decimals: number): string {
  return Number.isFinite(value) ? inWords(value, decimals) : 'not a number';
}

function numberWords({ meanCosine, effectiveRank, rankBound, share, dimensions }: OutputFacts): string {
  const rank = `effective rank ${number(effectiveRank, 1)} of ${grouped(rankBound)}`;
  const held =
    dimensions > 3 && Number.isFinite(share)
      ? `, the three leading directions hold ${percentWords(share)} of the norm`
      : '';
  return `mean cosine ${number(meanCosine, 2)}, ${rank}${held}`;
}

/** What the diagnosis says where the frame's numbers do not show it: the frame may be older, or of another reading. */
function reservation(facts: OutputFacts, state: DiagnosisState | null, reading: Reading): string {
  const where = `by the ${READING_WORDS[reading]} at this step`;
  if (state === 'collapsed' && !isOnePoint(facts)) return ` But the images differ ${where}.`;
  if (state === 'dimensional' && !isFewDirections(facts)) return ` But the images use many directions ${where}.`;
  return '';
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the picture is called by: the diagnosis, or the untrained network. */
function headOf(step: number, state: DiagnosisState | null): string {
  if (step === 0) return 'Untrained';
  return state === null ? `Step ${grouped(step)}` : capitalised(DIAGNOSIS_STATES[state].name);
}

/**
 * The picture of the outputs in words, from the numbers of its frame alone: “Collapsed: 500 images lie within 2° of one point; mean cosine
 * 1.00, effective rank 1.1 of 64, the three leading directions hold 100 % of the norm.” Where these do not show what the diagnosis says,
 * the sentence says so.
 * @param state the diagnosis at the frame's step; null where there is none
 */
export function describeOutputs(
  frame: OutputFrame,
  images: Pick<FrameImages, 'indices' | 'dimensions'>,
  reading: Reading,
  state: DiagnosisState | null,
): string {
  const facts = outputFacts(frame, images, reading);
  const head = headOf(frame.step, state);
  if (facts === null) return `${head}: this method has no predictor, so there is no p.`;
  if (facts.placed === 0) return `${head}: no output is a number, so none is shown.`;
  const known = frame.step === 0 ? null : state;
  return `${head}: ${whereWords(facts)}; ${numberWords(facts)}.${reservation(facts, known, reading)}`;
}

/** A few words for the corner of the picture where it shows a failure; null elsewhere, and where its numbers do not show that failure. */
export function calloutOf(
  facts: OutputFacts,
  state: DiagnosisState | null,
): { readonly title: string; readonly text: string } | null {
  if (state === 'collapsed' && isOnePoint(facts)) {
    return { title: `${grouped(facts.images)} images, one output`, text: `mean cosine ${number(facts.meanCosine, 2)}` };
  }
  if (state === 'dimensional' && isFewDirections(facts)) {
    return {
      title: `${grouped(facts.images)} images, few directions`,
      text: `rank ${number(facts.effectiveRank, 1)} of ${grouped(facts.rankBound)}`,
    };
  }
  return null;
}

/** How much of the outputs the picture shows. */
export function shareWords({ dimensions, share }: OutputFacts): string {
  if (dimensions <= 3) return 'the sphere itself';
  if (!Number.isFinite(share)) return 'the three leading directions';
  return `the three leading directions hold ${percentWords(share)} of the norm`;
}
