import type { Marker, Measurement, SeriesName } from '../../domain/measurement';
import { SERIES_NAMES } from '../../domain/measurement';
import type { LiveSettings } from '../../domain/runConfig';
import type { RunEvent } from '../../protocol/events';
import type { RunStoreState } from './runStore';
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

/** What an event about the current run changes in the store. Its state is the run control's; measurements go to the series as well. */
export function reduceRunEvent(state: RunStoreState, event: RunEvent): Partial<RunStoreState> {
  switch (event.type) {
    case 'runState':
      return { step: event.step };
    case 'measurements':
      return {
        latest: withLatest(state.latest, event.items),
        step: event.items.reduce((step, item) => Math.max(step, item.step), state.step),
      };
    case 'baselines':
      return { baselines: event.baselines };
    case 'neighbours':
      return { neighbours: event.snapshot };
    case 'views':
      return { views: event.snapshot };
    case 'marker':
      return withMarker(state, event.marker);
    case 'diagnosis':
      return { diagnosis: event.diagnosis };
    case 'resources':
      return { resources: event.resources };
    default:
      return event satisfies never;
  }
}
