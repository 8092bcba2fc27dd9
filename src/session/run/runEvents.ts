import type { Marker, Measurement, SeriesName } from '../../domain/measurement';
import { SERIES_NAMES } from '../../domain/measurement';
import type { LiveSettings } from '../../domain/runConfig';
import type { RunSignal, RunState } from '../../domain/signal';
import type { ChartClock } from './chartClock';
import type { RunStore, RunStoreState } from './runStore';
import type { SeriesSet } from './series';
import { isWarning, markerWords } from './words';

/** The event log keeps this many lines. */
const LOG_LENGTH = 200;

let lastEntry = 0;

/** The log with one line more, the newest first. */
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

/** A change has taken effect: at step 0 it becomes part of the settings, later it is one of the run's changes. */
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

function withMarker(state: RunStoreState, marker: Marker): Partial<RunStoreState> {
  const changed = marker.kind === 'change' ? withChange(state, marker) : {};
  if (marker.step === 0) return changed;
  return {
    ...changed,
    // The worker is that far already; what it measured on the way there follows.
    step: Math.max(state.step, marker.step),
    markers: [...state.markers, marker],
    log: logged(state.log, marker.step, markerWords(marker), isWarning(marker)),
  };
}

/** A wish is forgotten once it has come true, or can no longer. */
function intentAfter(intent: RunStoreState['intent'], runState: RunState): RunStoreState['intent'] {
  switch (runState) {
    case 'building':
      return intent;
    case 'paused':
      return intent === 'pause' ? null : intent;
    case 'training':
      return intent === 'pause' ? intent : null;
    case 'finished':
    case 'diverged':
    case 'failed':
      return null;
    default:
      return runState satisfies never;
  }
}

/** What a signal of the current run changes in the store. */
function reduceSignal(state: RunStoreState, signal: RunSignal): Partial<RunStoreState> {
  switch (signal.kind) {
    case 'state': {
      const { state: runState, step } = signal.value;
      return { runState, step, intent: intentAfter(state.intent, runState) };
    }
    case 'measurements':
      return {
        latest: withLatest(state.latest, signal.value),
        step: signal.value.reduce((step, item) => Math.max(step, item.step), state.step),
      };
    case 'baselines':
      return { baselines: signal.value };
    case 'neighbours':
      return { neighbours: signal.value };
    case 'views':
      return { views: signal.value };
    case 'marker':
      return withMarker(state, signal.value);
    case 'diagnosis':
      return { diagnosis: signal.value };
    case 'resources':
      return { resources: signal.value };
    default:
      return signal satisfies never;
  }
}

/** What the charts draw. */
const DRAWN: ReadonlySet<RunSignal['kind']> = new Set(['measurements', 'marker', 'baselines']);

/** Where the signals of the run on the page go. */
export interface SignalTarget {
  readonly runStore: RunStore;
  readonly series: SeriesSet;
  readonly clock: ChartClock;
}

/** Takes a signal in: into the store, the series and the charts. One of a run that is over is dropped. */
export function receiveSignal({ runStore, series, clock }: SignalTarget, signal: RunSignal, runId: string): void {
  const state = runStore.getState();
  if (runId !== state.active?.runId) return;
  if (signal.kind === 'measurements') for (const item of signal.value) series.add(item);
  runStore.setState(reduceSignal(state, signal));
  if (DRAWN.has(signal.kind)) clock.touch();
}
