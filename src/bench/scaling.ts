import type { ScalingPoint, ScalingSeries, StepTime } from '../domain/benchmark';
import { noiseDataset } from '../engine/images/noiseDataset';
import { configOf, gflopOfCase, methodOf, type NetworkCase, stagesOf, viewsOf } from './cases';
import { type BenchContext, budgetMs, LONGEST_STEP_MS } from './context';
import { NetworkStep } from './networkStep';
import { prepareKernels } from './prepareKernels';
import { RunnerStep } from './runnerStep';
import { takeTurns } from './turns';
import { widened } from './widened';

/** An adapter with a shorter reference step is also measured on larger cases. */
const FAST_STEP_MS = 50;

function batchCases(reference: NetworkCase, fast: boolean): NetworkCase[] {
  const batches = fast ? [8, 16, 32, 64, 128, 256, 512] : [8, 16, 32, 64, 128];
  return batches.map((batch) => ({ ...reference, name: `${batch}`, batch }));
}

function imageCases(reference: NetworkCase, fast: boolean): NetworkCase[] {
  const sizes = fast ? [16, 32, 64, 128] : [16, 32, 64];
  return sizes.map((imageSize) => ({
    ...reference,
    name: `${imageSize} px`,
    // Its layers are the same at every size.
    backbone: { ...reference.backbone, imageSize },
  }));
}

function widthCases(reference: NetworkCase, fast: boolean): NetworkCase[] {
  const factors = fast ? [0.5, 1, 2, 4, 8] : [0.5, 1, 2];
  return factors.map((factor) => {
    const { featureDim, layers, imageSize } = reference.backbone;
    const backbone = { imageSize, featureDim: factor * featureDim, layers: widened(layers, factor) };
    const name = stagesOf(backbone.layers).map(({ width }) => width);
    return { ...reference, name: name.join('/'), backbone };
  });
}

function pointOf(value: string, gflop: number, { wallMs, processorMs }: StepTime): ScalingPoint {
  return { value, gflop, ms: wallMs, processorMs, gflops: (1000 * gflop) / wallMs };
}

async function measureSeries(
  parameter: string,
  cases: readonly NetworkCase[],
  rate: number,
  context: BenchContext,
): Promise<ScalingSeries> {
  const steps: Record<string, NetworkStep> = {};
  for (const item of cases) {
    const expectedMs = (1000 * gflopOfCase(item)) / rate;
    if (expectedMs > LONGEST_STEP_MS) {
      context.note(
        `Scaling, ${parameter} ${item.name} left out: a step would take about ${Math.round(expectedMs / 1000)} s.`,
      );
      continue;
    }
    await prepareKernels(item);
    steps[item.name] = new NetworkStep(methodOf(item), viewsOf(item), 'captured');
  }
  context.progress(`scaling, ${parameter}: ${Object.keys(steps).join(', ')}`);
  const times = await takeTurns(steps, context.clock, { rounds: context.rounds, budgetMs: budgetMs(context) });
  for (const step of Object.values(steps)) step.dispose();
  const points = cases.flatMap((item): ScalingPoint[] => {
    const time = times[item.name];
    if (time === undefined) return [];
    return [pointOf(item.name, gflopOfCase(item), time)];
  });
  return { parameter, points };
}

/** A whole step, drawing and upload included, on a small and on a large set of images. */
async function measureDatasets(counts: readonly number[], context: BenchContext): Promise<ScalingSeries> {
  const { reference } = context;
  const config = configOf(reference);
  await prepareKernels(reference);
  const steps = Object.fromEntries(
    counts.map((count) => [
      count.toLocaleString('en'),
      new RunnerStep(config, noiseDataset(count, config.imageSize), { backend: 'webgpu', record: true }),
    ]),
  );
  context.progress(`scaling, images in the data set: ${Object.keys(steps).join(', ')}`);
  const times = await takeTurns(steps, context.clock, { rounds: context.rounds, budgetMs: budgetMs(context) });
  for (const step of Object.values(steps)) step.dispose();
  const gflop = gflopOfCase(reference);
  const points = Object.entries(times).map(([value, time]) => pointOf(value, gflop, time));
  return { parameter: 'images in the data set', points };
}

/** Step time of the reference while one of its sizes is varied at a time. `referenceMs` decides which sizes are measured. */
export async function measureScaling(referenceMs: number, context: BenchContext): Promise<ScalingSeries[]> {
  const fast = referenceMs < FAST_STEP_MS;
  const { reference } = context;
  const rate = (1000 * gflopOfCase(reference)) / referenceMs;
  return [
    await measureSeries('batch', batchCases(reference, fast), rate, context),
    await measureSeries('image size', imageCases(reference, fast), rate, context),
    await measureSeries('widths', widthCases(reference, fast), rate, context),
    await measureDatasets([10_000, 100_000], context),
  ];
}
