import * as tf from '@tensorflow/tfjs';
import type { EngineRow, StepTime } from '../domain/benchmark';
import { startWasm } from '../engine/backend/wasm';
import { noiseDataset } from '../engine/images/noiseDataset';
import { configOf } from './cases';
import { type BenchContext, budgetMs } from './context';
import { prepareKernels } from './prepareKernels';
import { RunnerStep } from './runnerStep';
import { takeTurns } from './turns';

/** Starts our WASM backend beside the one that runs; false where it cannot run. */
async function startWasmBeside(context: BenchContext): Promise<boolean> {
  try {
    await startWasm();
    return true;
  } catch (error) {
    context.note(`WASM left out: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/**
 * A whole step of the reference by every engine: ours on WebGPU recorded, ours op by op, tfjs's own kernels, and WASM recorded and op by
 * op. Where there is no WebGPU, `webGpu` false, WASM alone.
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
  if (await startWasmBeside(context)) {
    contenders['WASM, recorded'] = new RunnerStep(config, dataset, { backend: 'wasm', record: true });
    contenders['WASM, op by op'] = new RunnerStep(config, dataset, { backend: 'wasm', record: false });
  }

  context.progress(`engines: ${Object.keys(contenders).join('; ')}`);
  const turns = { rounds: context.rounds, budgetMs: budgetMs(context) };
  const times: Record<string, StepTime> = await takeTurns(contenders, context.clock, turns);
  for (const contender of Object.values(contenders)) contender.dispose();
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
