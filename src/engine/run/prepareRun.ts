import type { RunConfig } from '../../domain/runConfig';
import { noiseDataset } from '../images/noiseDataset';
import { isWasm } from '../kernels/runtime/wasm/backend';
import { gflopPerStep } from '../methods/registry';
import { pairsLieInOneBatch } from '../network/nn/bothViews';
import type { KernelOptions } from './kernelChoice';
import { Trainer } from './trainer';

/**
 * Steps of the preparation on the processor. Browsers compile WebAssembly without optimisation at first and optimise it once it has been
 * called; the second step is the first one that calls all kernels again.
 */
const STEPS = 3;
/**
 * Runs with more GFLOP in a step than this are not prepared on the processor, since messages would wait for each step: a quarter of a second
 * on one thread, and ten times as long before the kernels are optimised.
 */
const MOST_GFLOP = 12;

/**
 * Chooses and compiles the kernels of a run's step while its images are still being loaded, so that the run starts faster. On the processor,
 * a copy of the run trains for a few steps on images of noise, so that the browser compiles and optimises the kernels.
 * @param goOn lets messages be handled between two steps; false ends the preparation
 * @throws RunError when no run can start with these settings
 */
export async function prepareRun(
  config: RunConfig,
  options: KernelOptions,
  goOn: () => Promise<boolean>,
): Promise<void> {
  const { knn, probe, imageSize, sourceSize } = config;
  const side = sourceSize === 'square' ? imageSize : Math.min(imageSize, sourceSize);
  const images = noiseDataset(2 * config.batchSize, side);
  const unmeasured = { ...config, knn: { ...knn, every: 0 }, probe: { ...probe, every: 0 } };
  const trainer = new Trainer(images, unmeasured, [], () => undefined, options);
  try {
    await trainer.prepare();
    if (!isWasm() || gflopPerStep(config, pairsLieInOneBatch()) > MOST_GFLOP) return;
    for (let step = 0; step < STEPS && (await goOn()); step++) await trainer.advance();
  } finally {
    trainer.dispose();
  }
}
