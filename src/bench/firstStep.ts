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
 * From nothing to the loss of the first step, with the default settings on WebGPU: what a person waits for, but for the images and for
 * measuring the untrained network. To be called in a process or worker of its own.
 * @param loadMs what loading the code has taken, by the same clock
 * @param tuning what is known of this adapter from earlier starts
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
