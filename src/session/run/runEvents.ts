import type { Marker, Measurement, SeriesName } from '../../domain/measurement';
import { SERIES_NAMES } from '../../domain/measurement';
import type { LiveSettings } from '../../domain/runConfig';
import type { RunSignal } from '../../domain/signal';
import { withMarker } from '../../domain/withMarker';
import { continued } from './course';
import { NO_RUN, type RunStoreState } from './runStore';
import { isWarning, markerWords } from './words';

/** Maximum number of lines in the event log. */
const LOG_LENGTH = 200;

let lastEntry = 0;

/** The log with a new line at the top. */
export function logged(
  log: RunStoreState['log'],
  step: number | null,
  text: string,
  warning = false,
): RunStoreState['log'] {
  lastEntry += 1;
  return [{ id: lastEntry, step, text, warning }, ...log].slice(0, LOG_LENGTH);
}

function withLatest(
  latest: RunStoreState['latest'],
  items: readonly Measurement[],
): Partial<Record<SeriesName, number>> {
  const next: Partial<Record<SeriesName, number>> = { ...latest };
  for (const item of items) {
    for (const name of SERIES_NAMES) {
      const value = item[name];
      if (value !== undefined) next[name] = value;
    }
  }
  return next;
}

/** Applies a change that has taken effect: at step 0 it becomes part of the settings, later it is one of the run's changes. */
function withChange(state: RunStoreState, marker: Extract<Marker, { kind: 'change' }>): Partial<RunStoreState> {
  const { step, key, value } = marker;
  const pending: Partial<LiveSettings> = { ...state.pending };
  if (pending[key] === value) delete pending[key];
  const others = state.changes.filter(([at, name]) => at !== step || name !== key);
  if (step === 0 && state.active !== null) {
    const active = { ...state.active, config: { ...state.active.config, [key]: value } };
    return { pending, changes: others, active, config: { ...state.config, [key]: value } };
  }
  const changes = [...others, [step, key, value] as const].sort((a, b) => a[0] - b[0]);
  return { pending, changes };
}

function withReportedMarker(state: RunStoreState, marker: Marker): Partial<RunStoreState> {
  const changed = marker.kind === 'change' ? withChange(state, marker) : {};
  if (marker.step === 0) return changed;
  return {
    ...changed,
    // A marker may arrive before the measurements of the steps up to it.
    step: Math.max(state.step, marker.step),
    markers: withMarker(state.markers, marker, (each) => each),
    log: logged(state.log, marker.step, markerWords(marker), isWarning(marker)),
  };
}

/** The run without what it reported: all of it up to this step follows. Changes in flight stay, since the worker makes later ones again. */
function rewoundTo(step: number, { evaluation, log }: RunStoreState): Partial<RunStoreState> {
  const { latest, course, markers, baselines, diagnosis, views, neighbours, searching, evaluating } = NO_RUN;
  return {
    ...{ latest, course, markers, baselines, diagnosis, views, neighbours, searching, evaluating },
    evaluation: evaluation !== null && evaluation.step <= step ? evaluation : null,
    // The markers that follow are logged again.
    log: log.filter((entry) => entry.step === null || entry.step === 0),
    step,
  };
}

/** The store's changes on a signal of the current run. The run control handles the run's state, and adds measurements to the series. */
export function reduceSignal(state: RunStoreState, signal: RunSignal): Partial<RunStoreState> {
  switch (signal.kind) {
    case 'state':
      return { step: signal.value.step };
    case 'measurements':
      return {
        latest: withLatest(state.latest, signal.value),
        course: signal.value.reduce(continued, state.course),
        step: signal.value.reduce((step, item) => Math.max(step, item.step), state.step),
      };
    case 'baselines':
      return { baselines: signal.value };
    case 'neighbours':
      return { neighbours: signal.value };
    case 'searching':
      return { searching: signal.value.images };
    case 'frameImages':
    case 'frame':
      // Kept with the run's other frames (`session/frames`).
      return {};
    case 'views':
      return { views: signal.value };
    case 'marker':
      return withReportedMarker(state, signal.value);
    case 'diagnosis':
      return { diagnosis: signal.value };
    case 'evaluation':
      return { evaluation: signal.value };
    case 'evaluating':
      return { evaluating: signal.value.share };
    case 'rewound':
      return rewoundTo(signal.value.step, state);
    case 'kept':
      return { kept: signal.value };
    case 'resources':
      return { resources: signal.value };
    default:
      return signal satisfies never;
  }
}

/** Kinds of signals that the charts draw. */
export const DRAWN: ReadonlySet<RunSignal['kind']> = new Set(['measurements', 'marker', 'baselines']);
