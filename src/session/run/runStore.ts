import { createStore } from 'zustand/vanilla';
import type {
  Baselines,
  Diagnosis,
  Marker,
  NeighboursSnapshot,
  Resources,
  SeriesName,
  ViewsSnapshot,
} from '../../domain/measurement';
import {
  LIVE_KEYS,
  type LiveChange,
  type LiveKey,
  type LiveSettings,
  liveSettingsOf,
  type RunConfig,
} from '../../domain/runConfig';
import type { RunState } from '../../domain/signal';
import type { EngineError } from '../../protocol/events';

/** The run that the worker holds. */
export interface ActiveRun {
  readonly runId: string;
  /** As it was at step 0; later changes are in `changes`. */
  readonly config: RunConfig;
}

/** A line of the event log. */
export interface LogEntry {
  readonly id: number;
  /** null for what does not belong to a step. */
  readonly step: number | null;
  readonly text: string;
  readonly warning: boolean;
}

export interface RunStoreState {
  /** The settings as edited: those of the run, or of the next one where they differ. */
  readonly config: RunConfig;
  readonly active: ActiveRun | null;
  readonly runState: RunState | null;
  /** What was pressed and has not happened yet: the run is still being built, or in the middle of an update. */
  readonly intent: 'train' | 'step' | 'pause' | null;
  /** Finished updates. */
  readonly step: number;
  /** The last value of each series. */
  readonly latest: Readonly<Partial<Record<SeriesName, number>>>;
  /** Changes in flight, in the order of their steps: made, and still to be replayed from a link. */
  readonly changes: readonly LiveChange[];
  /** Asked for, not yet in effect. */
  readonly pending: Partial<LiveSettings>;
  readonly markers: readonly Marker[];
  readonly baselines: Baselines | null;
  readonly diagnosis: Diagnosis | null;
  readonly views: ViewsSnapshot | null;
  readonly neighbours: NeighboursSnapshot | null;
  readonly resources: Resources | null;
  /** Images whose neighbours are shown. */
  readonly queries: readonly number[];
  /** Why the run cannot go on, or could not be built. */
  readonly error: EngineError | null;
  readonly log: readonly LogEntry[];
}

/** What a run leaves behind when it is replaced. */
export const NO_RUN = {
  runState: null,
  step: 0,
  latest: {},
  pending: {},
  markers: [],
  baselines: null,
  diagnosis: null,
  views: null,
  neighbours: null,
  resources: null,
  error: null,
} as const satisfies Partial<RunStoreState>;

export type RunStore = ReturnType<typeof createRunStore>;

export function createRunStore(config: RunConfig) {
  return createStore<RunStoreState>(() => ({
    ...NO_RUN,
    config,
    active: null,
    intent: null,
    changes: [],
    queries: [],
    log: [],
  }));
}

export function isLiveKey(path: string): path is LiveKey {
  return LIVE_KEYS.some((key) => key === path);
}

/** Whether the run has gone past the point at which it may still be rebuilt unnoticed. */
export function hasMoved({ active, step, runState }: RunStoreState): boolean {
  return active !== null && (step > 0 || runState === 'training');
}

/** Whether the run goes on, or is about to: the button then says Pause. */
export function isGoing({ runState, intent }: RunStoreState): boolean {
  return intent === 'train' || (runState === 'training' && intent === null);
}

type LiveState = Pick<RunStoreState, 'config' | 'active' | 'changes' | 'pending' | 'step'>;

/** The live settings as they stand now: the run's own, changed by what happened up to its step, and by what was just asked for. */
export function liveSettings(state: LiveState): LiveSettings {
  let live = liveSettingsOf(state.active?.config ?? state.config);
  for (const [step, key, value] of state.changes) if (step <= state.step) live = { ...live, [key]: value };
  return { ...live, ...state.pending };
}

/** The settings to show: those edited, with the live ones as they stand now. */
export function shownConfig(state: RunStoreState): RunConfig {
  return { ...state.config, ...liveSettings(state) };
}
