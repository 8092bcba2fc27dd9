import { fieldOf, valueLabel } from '../../domain/fields';
import {
  isMet,
  LESSON_ACTIONS,
  type LessonCondition,
  type LessonReading,
  type LessonSignal,
  limitOf,
  type MeasuredCondition,
} from '../../domain/lessons/conditions';
import { inWords } from '../numbers';

/** The signals as the page names them. */
export const SIGNAL_WORDS: Readonly<Record<LessonSignal, string>> = {
  loss: 'loss',
  outputStd: 'output std',
  collapseLevel: 'collapse level',
  learningRate: 'learning rate',
  effectiveRank: 'effective rank',
  backboneRank: 'rank of the backbone',
  knn: 'kNN accuracy',
  onlineProbe: 'linear probe',
  viewRetrieval: 'view retrieval',
  imagesPerSecond: 'images/s',
  step: 'step',
  stepsHere: 'steps from here',
};

const COUNTED: ReadonlySet<LessonSignal> = new Set(['step', 'stepsHere', 'imagesPerSecond']);

/** Enough decimals to tell a value from its limit. */
function decimalsFor(signal: LessonSignal, limit: number): number {
  if (COUNTED.has(signal)) return 0;
  return Math.abs(limit) >= 2 ? 1 : Math.abs(limit) >= 0.1 ? 2 : 3;
}

function measuredWords(condition: MeasuredCondition, { values, root }: LessonReading): string {
  const { signal, below } = condition;
  const limit = limitOf(condition, root);
  const decimals = decimalsFor(signal, limit);
  const value = values[signal];
  const now = value === undefined ? 'not measured yet' : inWords(value, decimals);
  return `${SIGNAL_WORDS[signal]} ${now}, to come ${below === undefined ? 'above' : 'below'} ${inWords(limit, decimals)}`;
}

function conditionWords(condition: LessonCondition, reading: LessonReading): string {
  if ('did' in condition) return LESSON_ACTIONS[condition.did];
  if ('set' in condition) {
    const field = fieldOf(condition.set);
    return `${field.label} ${valueLabel(field, condition.to)}`;
  }
  return measuredWords(condition, reading);
}

/** What a step still waits for, in a few words: “output std 0.081, to come below 0.025”. null where all has come. */
export function waitWords(wait: readonly LessonCondition[], reading: LessonReading): string | null {
  const missing = wait.find((condition) => !isMet(condition, reading));
  return missing === undefined ? null : conditionWords(missing, reading);
}
