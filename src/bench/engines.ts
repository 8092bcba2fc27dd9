import * as tf from '@tensorflow/tfjs';
import type { EngineRow, StepTime } from '../domain/benchmark';
import type { EngineInfo } from '../domain/engineInfo';
import { threadsWorthTrying } from '../engine/backend/threads';
import { noiseDataset } from '../engine/images/noiseDataset';
import { configOf } from './cases';
import { type BenchContext, budgetMs } from './context';
import { prepareKernels } from './prepareKernels';
import { RunnerStep } from './runnerStep';
import { takeTurns } from './turns';

/** Starts tfjs's WASM backend in addition to the active one. Returns null where it cannot run. */
async function startWasmBeside(threads: 'one' | 'all', context: BenchContext): Promise<EngineInfo | null> {
  try {
    const { startWasm } = await import('../engine/backend/wasm');
    if (tf.findBackend('wasm') !== null) tf.removeBackend('wasm');
    return await startWasm(threads === 'one' ? 1 : threadsWorthTrying());
  } catch (error) {
    context.note(`WASM left out: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

const wasmTitle = (threads: number) => `WASM, ${threads} thread${threads === 1 ? '' : 's'}`;

/**
 * Times a whole step of the reference on every engine: WebGPU with our kernels, recorded and op by op, WebGPU with tfjs's own kernels, and
 * WASM on one thread and on all. With `webGpu` false, only WASM.
 */
export async function measureEngines(
  context: BenchContext,
  { webGpu = true }: { readonly webGpu?: boolean } = {},
): Promise<EngineRow[]> {
  const config = configOf(context.reference);
  const dataset = noiseDataset(4 * config.batchSize, config.imageSize);
  const contenders: Record<string, RunnerStep> = {};
  if (webGpu) {
    await tf.setBackend('webgpu');
    await prepareKernels(context.reference);
    contenders['WebGPU, recorded'] = new RunnerStep(config, dataset, { backend: 'webgpu', record: true });
    contenders['WebGPU, op by op'] = new RunnerStep(config, dataset, { backend: 'webgpu', record: false });
    contenders['WebGPU, stock tfjs kernels'] = new RunnerStep(config, dataset, {
      backend: 'webgpu',
      record: false,
      stock: true,
    });
  }
  const onWasm = () => new RunnerStep(config, dataset, { backend: 'wasm', record: false });
  if ((await startWasmBeside('one', context)) !== null) contenders[wasmTitle(1)] = onWasm();

  context.progress(`engines: ${Object.keys(contenders).join('; ')}`);
  const turns = { rounds: context.rounds, budgetMs: budgetMs(context) };
  const times: Record<string, StepTime> = await takeTurns(contenders, context.clock, turns);
  for (const contender of Object.values(contenders)) contender.dispose();

  const several = await startWasmBeside('all', context);
  if (several !== null && several.threads > 1) {
    const all = onWasm();
    times[wasmTitle(several.threads)] = (await takeTurns({ all }, context.clock, turns)).all;
    all.dispose();
  } else if (several?.oneThreadReason != null) {
    context.note(`WASM on several threads left out. ${several.oneThreadReason}.`);
  }
  if (webGpu) await tf.setBackend('webgpu');
  const first = Object.values(times)[0];
  return Object.entries(times).map(([engine, { wallMs, processorMs, scriptMs }]) => ({
    engine,
    ms: wallMs,
    processorMs,
    scriptMs,
    relative: wallMs / first.wallMs,
  }));
}
