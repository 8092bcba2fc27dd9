import type { BenchReport, BenchSection, FirstStepRow, StepRow } from '../domain/benchmark';
import type { EngineInfo } from '../domain/engineInfo';
import type { RunConfig } from '../domain/runConfig';
import { startEngine } from '../engine/backend/startEngine';
import type { ThreadHost } from '../engine/kernels/runtime/wasm/threads/crew';
import { methodOf, networkCase, REFERENCE, viewsOf } from './cases';
import type { ForeignNetwork, NetworkState } from './contender';
import { type BenchContext, budgetMs } from './context';
import { measureCpu } from './cpu/measureCpu';
import { measureEngines } from './engines';
import { measureKernels } from './kernels';
import { measureMemory } from './memory';
import { measureMethods } from './methods';
import { NetworkStep } from './networkStep';
import { measurePeak } from './peak';
import { prepareKernels } from './prepareKernels';
import { measureScaling } from './scaling';
import { measureSteps } from './steps';
import { type BenchClock, takeTurns } from './turns';

export interface BenchmarkOptions {
  readonly quick: boolean;
  readonly sections: readonly BenchSection[];
  readonly clock: BenchClock;
  /** For the report: the browser or Node and its machine, and the command. */
  readonly host: string;
  readonly command: string;
  /** Measured by the caller, in processes of their own. */
  readonly start: readonly FirstStepRow[];
  /** The network to measure on; `REFERENCE` by default. */
  readonly reference?: RunConfig;
  /** Creates threads for the processor's engine, which is measured on one without it. */
  readonly threadHost?: ThreadHost;
  /** Another library's step to compare with. */
  readonly foreign?: (state: NetworkState) => Promise<ForeignNetwork>;
  readonly onProgress: (text: string) => void;
}

const ROUNDS = { quick: 2, full: 5 };
const QUICK_BATCH = 8;

/** Keeps the first error that WebGPU reports outside any call, since all measurements after it are invalid. */
class DeviceTrouble {
  #message: string | null = null;

  readonly hooks = {
    onUncapturedError: (message: string) => this.#keep(`the GPU reported an error: ${message}`),
    onLost: (message: string) => this.#keep(`the GPU was lost: ${message}`),
  };

  #keep(message: string): void {
    this.#message ??= message;
  }

  /** @throws Error when there was one */
  check(): void {
    if (this.#message !== null) throw new Error(`The benchmark stopped, ${this.#message}`);
  }
}

async function startedWebGpu(hooks: DeviceTrouble['hooks'], note: (text: string) => void): Promise<EngineInfo | null> {
  try {
    return await startEngine('webgpu', hooks);
  } catch (error) {
    note(`Only WASM was measured: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Milliseconds of the reference step, measured now if the section `steps` was not. */
async function referenceMs(steps: readonly StepRow[], context: BenchContext): Promise<number> {
  if (steps.length > 0) return steps[0].oursMs;
  const { reference } = context;
  await prepareKernels(reference);
  const step = new NetworkStep(methodOf(reference), viewsOf(reference), 'captured');
  const times = await takeTurns({ step }, context.clock, { rounds: 1, budgetMs: budgetMs(context) });
  step.dispose();
  return times.step.wallMs;
}

/**
 * Measures the sections asked for, on WebGPU and WASM; without a WebGPU adapter, only WASM.
 * @throws Error when the device reports an error
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchReport> {
  const { quick, clock, onProgress } = options;
  const reference = options.reference ?? (quick ? { ...REFERENCE, batchSize: QUICK_BATCH } : REFERENCE);
  const notes: string[] = [];
  const trouble = new DeviceTrouble();
  const note = (text: string) => notes.push(text);
  const wants = (section: BenchSection) => options.sections.includes(section);
  // Before WebGPU is started: it starts backends of its own.
  const cpu = wants('cpu')
    ? await measureCpu(options.reference ?? REFERENCE, {
        clock,
        quick,
        threadHost: options.threadHost,
        progress: onProgress,
        note,
      })
    : null;
  const needsGpu = options.sections.some((section) => section !== 'cpu');
  const webGpu = needsGpu ? await startedWebGpu(trouble.hooks, note) : null;
  const context: BenchContext = {
    clock,
    quick,
    rounds: quick ? ROUNDS.quick : ROUNDS.full,
    engine: webGpu ??
      cpu?.engine ?? {
        engine: 'wasm',
        description: 'processor',
        isSoftware: true,
        features: [],
        threads: 1,
        oneThreadReason: null,
        fallbackReason: null,
      },
    reference: networkCase('reference', reference),
    restart: async () => {
      await startEngine('webgpu', trouble.hooks);
    },
    foreign: options.foreign ?? null,
    progress(text) {
      trouble.check();
      onProgress(text);
    },
    note,
  };
  const report: BenchReport = {
    date: new Date().toISOString(),
    adapter: context.engine.description,
    software: context.engine.isSoftware,
    host: options.host,
    command: options.command,
    quick,
    peak: { gflops: 0, gbPerSecond: 0 },
    steps: [],
    kernels: [],
    engines: [],
    cpu: cpu?.rows ?? [],
    methods: [],
    memory: [],
    start: options.start,
    scaling: [],
    notes,
  };
  if (webGpu === null)
    return { ...report, engines: wants('engines') ? await measureEngines(context, { webGpu: false }) : [] };

  const memory = wants('memory') ? await measureMemory(context) : [];
  context.progress('peak: multiply-adds and copying');
  const peak = await measurePeak(clock, context.rounds);
  const steps = wants('steps') ? await measureSteps(context) : [];
  const kernels = wants('kernels') ? await measureKernels(peak, context) : [];
  const engines = wants('engines') ? await measureEngines(context) : [];
  const methods = wants('methods') ? await measureMethods(context) : [];
  if (quick && wants('scaling')) note('Scaling left out: a quick run.');
  const scaling = wants('scaling') && !quick ? await measureScaling(await referenceMs(steps, context), context) : [];
  trouble.check();
  return { ...report, peak, memory, steps, kernels, engines, methods, scaling };
}
