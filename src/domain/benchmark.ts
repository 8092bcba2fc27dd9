/**
 * What a benchmark run measures. Times are the best of several turns, in milliseconds, where they are not called medians; every ratio is of
 * times taken in the same run.
 */

/** One training step of one contender. */
export interface StepTime {
  readonly wallMs: number;
  /** The median of the turns' wall times: unlike the best, it can be compared with another program that makes more turns. */
  readonly medianMs: number;
  /** What all threads of the process computed; null where that cannot be told (browsers). */
  readonly processorMs: number | null;
  /** Time in which JavaScript was busy queueing the step. */
  readonly scriptMs: number;
}

/** The same value by different implementations, from the same weights and views. */
export interface Agreement {
  readonly name: string;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** Forward pass, backward pass and update on given views: the same network by our kernels, by tfjs's own, and by jax-js. */
export interface StepRow {
  readonly case: string;
  readonly description: string;
  readonly batch: number;
  readonly gflop: number;
  readonly oursMs: number;
  readonly stockTfjsMs: number | null;
  /** Missing where jax-js did not take part at all. */
  readonly jaxJsMs?: number | null;
  /** Stock tfjs by ours, and jax-js by ours. */
  readonly speedup: number | null;
  readonly jaxJsSpeedup?: number | null;
  readonly oursGflops: number;
  readonly times: { readonly ours: StepTime; readonly stockTfjs: StepTime | null; readonly jaxJs?: StepTime | null };
  readonly agreement: readonly Agreement[];
  /** What was left out, and why. */
  readonly leftOut: readonly string[];
}

export interface KernelRow {
  readonly name: string;
  readonly shape: string;
  readonly ms: number;
  readonly gflops: number;
  /** Of the multiply-add peak of this adapter. */
  readonly percentOfPeak: number;
  /** As if every input were read once and every output written once. */
  readonly gbPerSecond: number;
  /** Of the copy bandwidth of this adapter. */
  readonly percentOfBandwidth: number;
  readonly stockMs: number | null;
}

/** A whole training step as a run makes it: draw, upload, augment, forward, backward, update, read the loss. */
export interface EngineRow {
  readonly engine: string;
  readonly ms: number;
  readonly processorMs: number | null;
  readonly scriptMs: number;
  /** Its time by the first row's. */
  readonly relative: number;
}

export interface MethodRow {
  readonly method: string;
  readonly ms: number;
  readonly processorMs: number | null;
  /** By SimSiam's. */
  readonly relative: number;
}

export interface MemoryRow {
  readonly engine: string;
  readonly bytes: number;
  readonly dispatches: number | null;
}

/** From nothing to the numbers of the first step. */
export interface FirstStepRow {
  readonly start: string;
  /** Until the code was there (0 where the clock starts later), the engine ran, and the first step was done. */
  readonly loadMs: number;
  readonly engineMs: number;
  readonly stepMs: number;
  readonly totalMs: number;
}

export interface ScalingPoint {
  readonly value: string;
  readonly gflop: number;
  readonly ms: number;
  readonly processorMs: number | null;
  readonly gflops: number;
}

export interface ScalingSeries {
  readonly parameter: string;
  readonly points: readonly ScalingPoint[];
}

export const BENCH_SECTIONS = ['memory', 'steps', 'kernels', 'engines', 'methods', 'scaling', 'start'] as const;
export type BenchSection = (typeof BENCH_SECTIONS)[number];

export interface BenchReport {
  /** ISO 8601. */
  readonly date: string;
  readonly adapter: string;
  readonly software: boolean;
  /** Browser or Node, and what it runs on. */
  readonly host: string;
  readonly command: string;
  readonly quick: boolean;
  /** Multiply-adds on registers, and copying 64 MiB (read and written bytes). */
  readonly peak: { readonly gflops: number; readonly gbPerSecond: number };
  readonly steps: readonly StepRow[];
  readonly kernels: readonly KernelRow[];
  readonly engines: readonly EngineRow[];
  readonly methods: readonly MethodRow[];
  readonly memory: readonly MemoryRow[];
  readonly start: readonly FirstStepRow[];
  readonly scaling: readonly ScalingSeries[];
  /** Sections and rows that are missing, and why. */
  readonly notes: readonly string[];
}

/** Ready to be shown: all cells are text. */
export interface BenchTable {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
