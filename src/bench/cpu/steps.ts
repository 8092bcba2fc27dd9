import * as tf from '@tensorflow/tfjs';
import type { CpuRow } from '../../domain/benchmark';
import { noiseDataset } from '../../engine/images/noiseDataset';
import { type Command, WASM_BACKEND, wasmBackend } from '../../engine/kernels/runtime/wasm/backend';
import { agree } from '../agreement';
import { configOf, gflopOfCase, methodOf, type NetworkCase, viewsOf } from '../cases';
import type { Contender } from '../contender';
import { NetworkStep } from '../networkStep';
import { RunnerStep } from '../runnerStep';
import type { BenchClock } from '../turns';
import { XNNPACK_BACKEND } from '../xnnpack/backend';
import { kernelContender } from './contenders';
import type { CpuContext } from './context';
import { PEAK_BYTES, PEAK_FLOP, peakKernel } from './peak';
import { medianTurns } from './turns';
import { type Processor, variants } from './variants';

const INSTRUMENTED_STEPS = 15;

/**
 * Milliseconds of JavaScript in a step of one thread: the whole step without its calls of generated kernels. The median of several steps.
 */
async function scriptMsOf(step: RunnerStep, clock: BenchClock): Promise<number> {
  await step.enter();
  const backend = wasmBackend();
  let kernelMs = 0;
  const timed = (command: Command): Command => {
    if (typeof command === 'function') return command;
    const { compiled } = command;
    const run: typeof compiled.run = (...given) => {
      const started = clock.wallMs();
      compiled.run(...given);
      kernelMs += clock.wallMs() - started;
    };
    return { ...command, compiled: { ...compiled, run } };
  };
  const replay = backend.replay.bind(backend);
  backend.replay = (commands) => replay({ ...commands, list: commands.list.map(timed) });
  try {
    const times: number[] = [];
    for (let n = 0; n < INSTRUMENTED_STEPS; n++) {
      kernelMs = 0;
      const started = clock.wallMs();
      step.step();
      await step.finish();
      times.push(clock.wallMs() - started - kernelMs);
    }
    return times.sort((a, b) => a - b)[Math.floor(INSTRUMENTED_STEPS / 2)];
  } finally {
    Reflect.deleteProperty(backend, 'replay');
  }
}

/** The step on tfjs's WASM backend, or null, with a note, where its result differs from ours. */
async function xnnpackStep(item: NetworkCase, context: CpuContext): Promise<NetworkStep | null> {
  await tf.setBackend(WASM_BACKEND);
  const ours = new NetworkStep(methodOf(item), viewsOf(item), 'opByOp', WASM_BACKEND);
  const expected = await ours.lossAndGradientNorm();
  ours.dispose();
  await tf.setBackend(XNNPACK_BACKEND);
  const step = new NetworkStep(methodOf(item), viewsOf(item), 'opByOp', XNNPACK_BACKEND);
  const result = await step.lossAndGradientNorm();
  if (agree(expected, result)) return step;
  step.dispose();
  context.note(
    `Processor, ${item.name}: XNNPACK not timed, since its result differs: loss ${result.loss.toPrecision(6)}.`,
  );
  return null;
}

const nameOf = ({ fma, threads }: Processor): string => `${fma ? 'fused' : 'separate'} ${threads}`;

/**
 * Whole steps of a network as a run makes them, by every variant of our engine, and by XNNPACK where it has been started; all in turns, with
 * the peaks.
 */
export async function measureCpuStep(item: NetworkCase, hasXnnpack: boolean, context: CpuContext): Promise<CpuRow[]> {
  context.progress(`processor: step, ${item.name}`);
  const config = configOf(item);
  const xnnpack = hasXnnpack ? await xnnpackStep(item, context) : null;
  await tf.setBackend(WASM_BACKEND);
  const dataset = noiseDataset(4 * config.batchSize, config.imageSize);
  const all = variants();
  const ours = all.map((processor) => ({
    processor,
    step: new RunnerStep(config, dataset, { backend: 'wasm', record: true, processor }),
  }));
  const peaks = [...new Set(all.map(({ fma }) => fma))].map(
    (fma) => [`peak ${fma}`, kernelContender(peakKernel({ fma }), [PEAK_BYTES])] as const,
  );
  const contenders: Record<string, Contender> = {
    ...Object.fromEntries(peaks),
    ...Object.fromEntries(ours.map(({ processor, step }) => [nameOf(processor), step])),
    ...(xnnpack === null ? {} : { xnnpack }),
  };
  const ms = await medianTurns(contenders, context);
  const rows: CpuRow[] = [];
  for (const { processor, step } of ours) {
    const { fma, threads } = processor;
    const wasmMs = ms[nameOf(processor)];
    const gflops = (1000 * gflopOfCase(item)) / wasmMs;
    rows.push({
      case: item.name,
      threads,
      fma,
      wasmMs,
      xnnpackMs: ms.xnnpack ?? null,
      gflops,
      percentOfPeak: (100 * gflops * ms[`peak ${fma}`] * 1e6) / (threads * PEAK_FLOP),
      imagesPerSecond: (1000 * item.batch) / wasmMs,
      scriptMs: threads === 1 ? await scriptMsOf(step, context.clock) : null,
    });
  }
  for (const contender of Object.values(contenders)) contender.dispose();
  return rows;
}
