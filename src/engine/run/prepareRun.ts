import type { RunConfig } from '../../domain/runConfig';
import { noiseDataset } from '../images/noiseDataset';
import type { KernelOptions } from './kernelChoice';
import { Trainer } from './trainer';

/**
 * Chooses and compiles the kernels of a run's step while its images are still being loaded, so that the run starts faster.
 * @throws RunError when no run can start with these settings
 */
export async function prepareRun(config: RunConfig, options: KernelOptions): Promise<void> {
  const images = noiseDataset(2 * config.batchSize, config.imageSize);
  const trainer = new Trainer(images, config, [], () => undefined, options);
  try {
    await trainer.prepare();
  } finally {
    trainer.dispose();
  }
}
