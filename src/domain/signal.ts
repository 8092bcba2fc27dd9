import type {
  Baselines,
  Diagnosis,
  Marker,
  Measurement,
  NeighboursSnapshot,
  Resources,
  ViewsSnapshot,
} from './measurement';
import type { ProbeEvaluation } from './probeEvaluation';

/** `building`: weights, baselines and first pipelines are made; `finished`: totalSteps reached; `failed`: an error was reported. */
export type RunState = 'building' | 'paused' | 'training' | 'finished' | 'diverged' | 'failed';

/** The reports of a run, by kind. The buffers of typed arrays are transferred to the receiver. */
interface SignalValues {
  /** The run's state and the number of finished updates. */
  state: { readonly state: RunState; readonly step: number };
  /** In the order of their steps; the worker passes them on at most ten times a second, several at once. */
  measurements: readonly Measurement[];
  /** Once, before the first step. */
  baselines: Baselines;
  neighbours: NeighboursSnapshot;
  views: ViewsSnapshot;
  marker: Marker;
  /** Whenever its state changes. */
  diagnosis: Diagnosis;
  /** The linear evaluation of the present weights: on demand, and at the run's end before the state `finished`. */
  evaluation: ProbeEvaluation;
  /** Progress of an evaluation, in [0, 1]; null once it has ended or was cancelled. */
  evaluating: { readonly share: number | null };
  /** About once a second. */
  resources: Resources;
}

export type RunSignal = {
  [Kind in keyof SignalValues]: { readonly kind: Kind; readonly value: SignalValues[Kind] };
}[keyof SignalValues];

/** Receives a run's signals, in the order in which they arise. */
export type Emit = (signal: RunSignal) => void;

/** The buffers of a signal's typed arrays, which can be transferred rather than copied. */
export function buffersOf(signal: RunSignal): ArrayBuffer[] {
  const parts: object = signal.value;
  return Object.values<unknown>({ ...parts }).flatMap((part) => {
    const own = typeof part === 'object' && part !== null && 'pixels' in part ? part.pixels : part;
    return ArrayBuffer.isView(own) && own.buffer instanceof ArrayBuffer ? [own.buffer] : [];
  });
}
