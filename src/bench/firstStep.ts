import type { FirstStepRow } from '../domain/benchmark';
import { presetConfig } from '../domain/presets';
import type { DeviceHooks } from '../engine/backend/device';
import { startEngine } from '../engine/backend/startEngine';
import { noiseDataset } from '../engine/images/noiseDataset';
import type { TuningCache } from '../engine/kernels/tuning/tuningCache';
import { networkCase } from './cases';
import { prepareKernels } from './prepareKernels';
import { RunnerStep } from './runnerStep';
import type { BenchClock } from './turns';

/**
 * Times the start up to the loss of the first step, with the default settings on WebGPU: what a person waits for, without loading images
 * and measuring the untrained network. Call it in a new process or worker.
 * @param loadMs milliseconds that loading the code has taken, by the same clock
 * @param tuning choices of kernels from earlier starts on this adapter
 */
export async function measureFirstStep(
  clock: Pick<BenchClock, 'wallMs'>,
  loadMs: number,
  hooks: DeviceHooks,
  tuning: TuningCache,
): Promise<Omit<FirstStepRow, 'start'>> {
  const config = presetConfig('small');
  const started = clock.wallMs();
  await startEngine('webgpu', hooks);
  const engineMs = clock.wallMs() - started;
  await prepareKernels(networkCase('small', config), tuning);
  const step = new RunnerStep(config, noiseDataset(4 * config.batchSize, config.imageSize), {
    backend: 'webgpu',
    record: true,
  });
  await step.compile();
  step.step();
  await step.finish();
  step.dispose();
  const totalMs = loadMs + clock.wallMs() - started;
  return { loadMs, engineMs, stepMs: totalMs - loadMs - engineMs, totalMs };
}
