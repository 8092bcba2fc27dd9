import { createStore } from 'zustand/vanilla';
import type { KeptWeights, RunParent } from '../../domain/keptRun';
import type {
  Baselines,
  Diagnosis,
  Marker,
  NeighboursSnapshot,
  Resources,
  SeriesName,
  ViewsSnapshot,
} from '../../domain/measurement';
import type { ProbeEvaluation } from '../../domain/probeEvaluation';
import {
  LIVE_KEYS,
  type LiveChange,
  type LiveKey,
  type LiveSettings,
  liveSettingsOf,
  type RunConfig,
} from '../../domain/runConfig';
import type { RunState } from '../../domain/signal';
import type { WarmStart } from '../../domain/warmStart';
import type { EngineError } from '../../protocol/events';
import type { Beginning } from './beginning';
import type { RunCourse } from './course';

/** The run that the worker holds. */
export interface ActiveRun {
  readonly runId: string;
  /** The settings at step 0; later changes are in `changes`. */
  readonly config: RunConfig;
  /** The id that it is kept under. */
  readonly keptId: string;
  /** The checkpoint that it began from; null for a run that began at step 0. */
  readonly parent: RunParent | null;
  /** The step that it was opened at again, after the page or its worker was closed; null for a run of this opening. */
  readonly reopenedAt: number | null;
  /** The weights that its backbone began with; left out where it began with random ones. */
  readonly warmStart?: WarmStart | undefined;
}

/** A line of the event log. */
export interface LogEntry {
  readonly id: number;
  /** null for events without a step. */
  readonly step: number | null;
  readonly text: string;
  readonly warning: boolean;
}

export interface RunStoreState {
  /** The edited settings: those of the run, or, where they differ, of the next run. */
  readonly config: RunConfig;
  readonly active: ActiveRun | null;
  /** What the next run begins from; null: from step 0. */
  readonly beginning: Beginning | null;
  /** Steps at which the run is kept whatever else is kept of it, for forks to begin there. */
  readonly forksAt: readonly number[];
  readonly runState: RunState | null;
  /** The button that was pressed but has not taken effect, because the run is being built or is in the middle of an update. */
  readonly intent: 'train' | 'step' | 'pause' | null;
  /** Finished updates. */
  readonly step: number;
  /** The last value of each series. */
  readonly latest: Readonly<Partial<Record<SeriesName, number>>>;
  /** What the last loss and std are compared with; null before the first step. */
  readonly course: RunCourse | null;
  /** Changes in flight, in the order of their steps: those made, and those of a link that are still to be replayed. */
  readonly changes: readonly LiveChange[];
  /** Changes that were requested and are not yet in effect. */
  readonly pending: Partial<LiveSettings>;
  readonly markers: readonly Marker[];
  readonly baselines: Baselines | null;
  readonly diagnosis: Diagnosis | null;
  readonly views: ViewsSnapshot | null;
  readonly neighbours: NeighboursSnapshot | null;
  /** Number of images that are being searched for neighbours, where that takes over a second; else null. */
  readonly searching: number | null;
  readonly resources: Resources | null;
  /** What is kept of the run; null before the first checkpoint. */
  readonly kept: KeptWeights | null;
  /** The last linear evaluation; null before the first. */
  readonly evaluation: ProbeEvaluation | null;
  /** Progress of the evaluation under way, in [0, 1]; null when there is none. */
  readonly evaluating: number | null;
  /** Images whose neighbours are shown. */
  readonly queries: readonly number[];
  /** Why the run failed or could not be built. */
  readonly error: EngineError | null;
  readonly log: readonly LogEntry[];
}

/** The values to which the store is reset when a run is replaced. */
export const NO_RUN = {
  runState: null,
  step: 0,
  latest: {},
  course: null,
  pending: {},
  markers: [],
  baselines: null,
  diagnosis: null,
  views: null,
  neighbours: null,
  searching: null,
  resources: null,
  kept: null,
  evaluation: null,
  evaluating: null,
  error: null,
} as const satisfies Partial<RunStoreState>;

export type RunStore = ReturnType<typeof createRunStore>;

export function createRunStore(config: RunConfig) {
  return createStore<RunStoreState>(() => ({
    ...NO_RUN,
    config,
    active: null,
    beginning: null,
    forksAt: [],
    intent: null,
    changes: [],
    queries: [],
    log: [],
  }));
}

export function isLiveKey(path: string): path is LiveKey {
  return LIVE_KEYS.some((key) => key === path);
}

/** Whether the run has taken a step or trains: such a run is not rebuilt after an edit, since its progress would be lost. */
export function hasMoved({ active, step, runState }: RunStoreState): boolean {
  return active !== null && (step > 0 || runState === 'training');
}

/** Whether the run trains or is about to; the button is then “Pause”. */
export function isGoing({ runState, intent }: RunStoreState): boolean {
  return intent === 'train' || (runState === 'training' && intent === null);
}

type LiveState = Pick<RunStoreState, 'config' | 'active' | 'changes' | 'pending' | 'step'>;

/** The current values of the live settings: those of the run, with its changes up to the current step and the pending ones. */
export function liveSettings(state: LiveState): LiveSettings {
  let live = liveSettingsOf(state.active?.config ?? state.config);
  for (const [step, key, value] of state.changes) if (step <= state.step) live = { ...live, [key]: value };
  return { ...live, ...state.pending };
}

/** The settings to show: the edited ones, with the current values of the live settings. */
export function shownConfig(state: RunStoreState): RunConfig {
  return { ...state.config, ...liveSettings(state) };
}
