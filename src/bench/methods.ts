import type { MethodRow } from '../domain/benchmark';
import { METHOD_NAMES } from '../domain/methods/registry';
import { withMethod } from '../domain/presets';
import type { RunConfig } from '../domain/runConfig';
import { noiseDataset } from '../engine/images/noiseDataset';
import { configOf } from './cases';
import { type BenchContext, budgetMs } from './context';
import { prepareKernels } from './prepareKernels';
import { RunnerStep } from './runnerStep';
import { takeTurns } from './turns';

/** A method's own settings, but the same heads for all, so that only the loss and its extra work differ. */
function oneNetwork(own: RunConfig, { outputDim, projectorLayers, projectorHidden, predictorHidden }: RunConfig) {
  return { ...own, outputDim, projectorLayers, projectorHidden, predictorHidden };
}

/** A whole recorded step of every method, on the reference network and batch. */
export async function measureMethods(context: BenchContext): Promise<MethodRow[]> {
  const config = configOf(context.reference);
  await prepareKernels(context.reference);
  const dataset = noiseDataset(Math.max(512, 4 * config.batchSize), config.imageSize);
  const contenders = Object.fromEntries(
    METHOD_NAMES.map((method) => [
      method,
      new RunnerStep(oneNetwork(withMethod(config, method), config), dataset, { backend: 'webgpu', record: true }),
    ]),
  );
  context.progress(`methods: ${METHOD_NAMES.join(', ')}`);
  // The rows differ by less than a busy machine's noise: as many turns as there is time for.
  const times = await takeTurns(contenders, context.clock, {
    rounds: Number.POSITIVE_INFINITY,
    budgetMs: budgetMs(context),
  });
  for (const contender of Object.values(contenders)) contender.dispose();
  return METHOD_NAMES.map((method) => ({
    method,
    ms: times[method].wallMs,
    processorMs: times[method].processorMs,
    relative: times[method].wallMs / times.simsiam.wallMs,
  }));
}
