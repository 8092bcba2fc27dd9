import type { KeptWeights } from './keptRun';
import type {
  Baselines,
  Diagnosis,
  Marker,
  Measurement,
  NeighboursSnapshot,
  Resources,
  ViewsSnapshot,
} from './measurement';
import type { FrameImages, OutputFrame } from './outputFrame';
import type { ProbeEvaluation } from './probeEvaluation';

/** `building`: weights, baselines and first pipelines are made; `finished`: the run's end reached; `failed`: an error was reported. */
export type RunState = 'building' | 'paused' | 'training' | 'finished' | 'diverged' | 'failed';

/** The reports of a run, by kind. The buffers of typed arrays are transferred to the receiver. */
interface SignalValues {
  /** The run's state and the number of finished updates. */
  state: { readonly state: RunState; readonly step: number };
  /** In the order of their steps; the worker passes them on at most ten times a second, several at once. */
  measurements: readonly Measurement[];
  /** Once, before the first step. */
  baselines: Baselines;
  /** Among the probe's images after each probe; among all images while the run stands still. */
  neighbours: NeighboursSnapshot;
  /** How many images a search of all that takes over a second searches; null once it has ended or was stopped. */
  searching: { readonly images: number | null };
  /** Once, before the first frame. */
  frameImages: FrameImages;
  /** At the probes, from the untrained network on; some are left out where frames would take more than 3 % of the run's time. */
  frame: OutputFrame;
  views: ViewsSnapshot;
  marker: Marker;
  /** Whenever its state changes. */
  diagnosis: Diagnosis;
  /** The linear evaluation of the present weights: on demand, and at the run's end before the state `finished`. */
  evaluation: ProbeEvaluation;
  /** Progress of an evaluation, in [0, 1]; null once it has ended or was cancelled. */
  evaluating: { readonly share: number | null };
  /**
   * The run stands at this step again: what it reported before is void, and what it had reported up to this step follows. Sent when a run
   * goes on from a checkpoint, and after a lost device.
   */
  rewound: { readonly step: number };
  /** After each write of a checkpoint, and where one fails. */
  kept: KeptWeights;
  /** About once a second. */
  resources: Resources;
}

export type RunSignal = {
  [Kind in keyof SignalValues]: { readonly kind: Kind; readonly value: SignalValues[Kind] };
}[keyof SignalValues];

/** Receives a run's signals, in the order in which they arise. */
export type Emit = (signal: RunSignal) => void;

/** The buffers of the typed arrays of a signal's value and of its parts, which can be transferred rather than copied. */
export function buffersOf({ value }: RunSignal): ArrayBuffer[] {
  return buffersIn(value);
}

function buffersIn(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  return Object.values(value).flatMap(buffersIn);
}
