/**
 * The results of a benchmark run. Times that are not called medians are the best of several turns, in milliseconds; ratios are of times from
 * the same run.
 */

/** One training step of one contender. */
export interface StepTime {
  readonly wallMs: number;
  /** Median of the wall times of the turns. Unlike the best, it can be compared with a program that makes more turns. */
  readonly medianMs: number;
  /** Processor time of all threads of the process; null where it is not available (browsers). */
  readonly processorMs: number | null;
  /** Time that JavaScript takes to queue the step. */
  readonly scriptMs: number;
}

/** Loss and gradient norm of one implementation, from the same weights and views as the others. */
export interface Agreement {
  readonly name: string;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** Forward pass, backward pass and update on given views, of the same network: with our kernels, with tfjs's own, and with jax-js. */
export interface StepRow {
  readonly case: string;
  readonly description: string;
  readonly batch: number;
  readonly gflop: number;
  readonly oursMs: number;
  readonly stockTfjsMs: number | null;
  /** Missing where jax-js was not measured. */
  readonly jaxJsMs?: number | null;
  /** Time of stock tfjs divided by ours, and of jax-js divided by ours. */
  readonly speedup: number | null;
  readonly jaxJsSpeedup?: number | null;
  readonly oursGflops: number;
  readonly times: { readonly ours: StepTime; readonly stockTfjs: StepTime | null; readonly jaxJs?: StepTime | null };
  readonly agreement: readonly Agreement[];
  /** The contenders that were not measured, each with the reason. */
  readonly leftOut: readonly string[];
}

export interface KernelRow {
  readonly name: string;
  readonly shape: string;
  readonly ms: number;
  readonly gflops: number;
  /** Percent of this adapter's peak of multiply-adds. */
  readonly percentOfPeak: number;
  /** Counted as if each input were read once and each output written once. */
  readonly gbPerSecond: number;
  /** Percent of this adapter's copy bandwidth. */
  readonly percentOfBandwidth: number;
  readonly stockMs: number | null;
}

/** A whole training step as a run makes it: draw, upload, augment, forward, backward, update, read the loss. */
export interface EngineRow {
  readonly engine: string;
  readonly ms: number;
  readonly processorMs: number | null;
  readonly scriptMs: number;
  /** Its time divided by the first row's. */
  readonly relative: number;
}

/** A step of a run, or one convolution, on the processor: by our engine, and by tfjs's WASM backend (XNNPACK). Times are medians of turns. */
export interface CpuRow {
  readonly case: string;
  readonly threads: number;
  /** Whether our kernels use fused multiply-adds (relaxed SIMD). */
  readonly fma: boolean;
  readonly wasmMs: number;
  /** On one thread; null where it was not measured. */
  readonly xnnpackMs: number | null;
  readonly gflops: number;
  /** Percent of the peak of multiply-adds, fused or not, on as many threads. */
  readonly percentOfPeak: number;
  /** Null for a kernel. */
  readonly imagesPerSecond: number | null;
  /** JavaScript in a step, outside kernels; null for a kernel and on several threads. */
  readonly scriptMs: number | null;
}

export interface MethodRow {
  readonly method: string;
  readonly ms: number;
  readonly processorMs: number | null;
  /** Its time divided by SimSiam's. */
  readonly relative: number;
}

export interface MemoryRow {
  readonly engine: string;
  readonly bytes: number;
  readonly dispatches: number | null;
}

/** Time from a cold start to the results of the first training step. */
export interface FirstStepRow {
  readonly start: string;
  /** Time to load the code (0 where the clock starts later), to start the engine, and to compute the first step. */
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

export const BENCH_SECTIONS = ['memory', 'steps', 'kernels', 'engines', 'cpu', 'methods', 'scaling', 'start'] as const;
export type BenchSection = (typeof BENCH_SECTIONS)[number];

export interface BenchReport {
  /** ISO 8601. */
  readonly date: string;
  readonly adapter: string;
  readonly software: boolean;
  /** Browser or Node, operating system and processor. */
  readonly host: string;
  readonly command: string;
  readonly quick: boolean;
  /** Peak of multiply-adds on registers, and of copying 64 MiB (bytes read and written). */
  readonly peak: { readonly gflops: number; readonly gbPerSecond: number };
  readonly steps: readonly StepRow[];
  readonly kernels: readonly KernelRow[];
  readonly engines: readonly EngineRow[];
  readonly cpu: readonly CpuRow[];
  readonly methods: readonly MethodRow[];
  readonly memory: readonly MemoryRow[];
  readonly start: readonly FirstStepRow[];
  readonly scaling: readonly ScalingSeries[];
  /** Missing sections and rows, with the reasons. */
  readonly notes: readonly string[];
}

/** A table of text, to be shown or printed. */
export interface BenchTable {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
