import { counted } from '../../domain/counted';
import { DIAGNOSIS_STATES } from '../../domain/diagnosis/states';
import { fieldOf, valueLabel } from '../../domain/fields';
import type { Marker, RecoveryCause } from '../../domain/measurement';
import type { LiveKey, LiveValue } from '../../domain/runConfig';

/** Short names of settings whose labels are too long for a marker on a chart. */
const SHORT_NAMES: Partial<Record<LiveKey, string>> = {
  stopGradient: 'stop-gradient',
  predictor: 'predictor',
  baseLearningRate: 'base lr',
};

const RECOVERIES: Readonly<Record<RecoveryCause, string>> = {
  'device-lost': 'device lost, resumed',
  'out-of-memory': 'out of memory, resumed',
  'gpu-error': 'GPU error, resumed',
  'other-engine': 'resumed on another engine',
};

/** A change in flight in a few words, e.g. “stop-gradient off” or “1,500 steps”. */
export function changeWords(key: LiveKey, value: LiveValue): string {
  if (key === 'totalSteps') return counted(Number(value), 'step');
  const field = fieldOf(key);
  return `${SHORT_NAMES[key] ?? field.label.toLowerCase()} ${valueLabel(field, value)}`;
}

/** The label of a marker's line on the charts. */
export function markerWords(marker: Marker): string {
  switch (marker.kind) {
    case 'change':
      return changeWords(marker.key, marker.value);
    case 'diagnosis':
      return DIAGNOSIS_STATES[marker.state].name;
    case 'recovery':
      return RECOVERIES[marker.cause];
    default:
      return marker satisfies never;
  }
}

/** Whether a marker is drawn in the warning colour: a failure, or stop-gradient switched off. */
export function isWarning(marker: Marker): boolean {
  if (marker.kind === 'change') return marker.key === 'stopGradient' && marker.value === false;
  return marker.kind === 'diagnosis' && DIAGNOSIS_STATES[marker.state].isFailure;
}
