import * as tf from '@tensorflow/tfjs';
import type { KernelRow, StepTime } from '../domain/benchmark';
import { type BenchContext, budgetMs } from './context';
import {
  augmentCase,
  batchNormCases,
  type ConvolutionSize,
  convolutionCases,
  type KernelCase,
  linearCases,
  maxPoolCases,
  sgdCase,
} from './kernelCases';
import type { Peak } from './peak';
import { tuneKernels } from './prepareKernels';
import { RecordedKernel } from './recordedKernel';
import { takeTurns } from './turns';

/** The convolutions of the reference network. */
const CONVOLUTIONS: readonly ConvolutionSize[] = [
  { size: 32, cin: 3, cout: 16, kernel: 3, stride: 1 },
  { size: 32, cin: 16, cout: 16, kernel: 3, stride: 1 },
  { size: 32, cin: 16, cout: 32, kernel: 3, stride: 2 },
  { size: 32, cin: 16, cout: 32, kernel: 1, stride: 2 },
  { size: 16, cin: 32, cout: 32, kernel: 3, stride: 1 },
  { size: 16, cin: 32, cout: 64, kernel: 3, stride: 2 },
  { size: 8, cin: 64, cout: 64, kernel: 3, stride: 1 },
];
/** A convolution of ResNet-18's first stage: enough work to fill a large GPU. */
const WIDE: ConvolutionSize = { size: 32, cin: 64, cout: 64, kernel: 3, stride: 1 };

/** The stem of ResNets for ImageNet. Images need no gradient. */
const STEM: ConvolutionSize = { size: 96, cin: 3, cout: 64, kernel: 7, stride: 2 };
/** A layer of ResNet-50 between two widths. */
const BOTTLENECK: ConvolutionSize = { size: 7, cin: 2048, cout: 512, kernel: 1, stride: 1 };
const LARGE_IMAGES = 16;

function stemCases(): KernelCase[] {
  return convolutionCases(LARGE_IMAGES, STEM).filter(({ name }) => name !== 'conv input gradient');
}

/** For a shorter time the round trip to the device counts more than the kernel, so several runs in a row are one measurement. */
const MEASURABLE_MS = 2;
const MAX_REPEATS = 100;

async function measureKernel(item: KernelCase, peak: Peak, context: BenchContext): Promise<KernelRow> {
  const once = new RecordedKernel(item.run);
  const first = await takeTurns({ once }, context.clock, { rounds: 1, budgetMs: 0 });
  once.dispose();
  const repeats = Math.min(MAX_REPEATS, Math.max(1, Math.ceil(MEASURABLE_MS / first.once.wallMs)));
  const ours = new RecordedKernel(item.run, { repeats });
  const stock = item.hasStock ? new RecordedKernel(item.run, { stock: true, repeats }) : null;
  const contenders: Record<string, RecordedKernel> = stock === null ? { ours } : { ours, stock };
  const times: Partial<Record<string, StepTime>> & { ours?: StepTime } = await takeTurns(contenders, context.clock, {
    rounds: context.rounds,
    budgetMs: budgetMs(context) / 10,
  });
  ours.dispose();
  stock?.dispose();
  const ms = (times.ours?.wallMs ?? Number.NaN) / repeats;
  const gflops = item.flop / ms / 1e6;
  const gbPerSecond = item.bytes / ms / 1e6;
  return {
    name: item.name,
    shape: item.shape,
    ms,
    gflops,
    percentOfPeak: (100 * gflops) / peak.gflops,
    gbPerSecond,
    percentOfBandwidth: (100 * gbPerSecond) / peak.gbPerSecond,
    stockMs: times.stock === undefined ? null : times.stock.wallMs / repeats,
  };
}

/** Times every kernel of the reference step separately, on both views of a batch, as in the network. */
export async function measureKernels(peak: Peak, context: BenchContext): Promise<KernelRow[]> {
  const batch = 2 * context.reference.batch;
  const groups: (() => KernelCase[])[] = [
    ...(context.quick ? CONVOLUTIONS.slice(1, 2) : CONVOLUTIONS).map((size) => () => convolutionCases(batch, size)),
    () => linearCases(batch, 256, 256),
    () => batchNormCases(batch * 32 * 32, 16),
    () => [sgdCase(40, 5000), augmentCase(context.reference.batch, 32)],
  ];
  if (!context.quick) {
    groups.splice(
      CONVOLUTIONS.length,
      0,
      () => convolutionCases(64, WIDE),
      () => convolutionCases(LARGE_IMAGES, BOTTLENECK),
      stemCases,
      () => maxPoolCases(LARGE_IMAGES, STEM.size / 2, STEM.cout),
    );
    groups.push(() => linearCases(256, 2048, 2048).slice(0, context.engine.isSoftware ? 0 : 3));
    if (context.engine.isSoftware)
      context.note('Linear layers of 2048 x 2048 left out of the kernels: software adapter.');
  }
  const rows: KernelRow[] = [];
  for (const make of groups) {
    const before = new Set(Object.keys(tf.engine().registeredVariables));
    tf.engine().startScope();
    for (const item of make()) {
      if (item.convolution !== undefined) await tuneKernels([item.convolution]);
      context.progress(`kernel: ${item.name}, ${item.shape}`);
      rows.push(await measureKernel(item, peak, context));
    }
    tf.engine().endScope();
    for (const [name, variable] of Object.entries(tf.engine().registeredVariables)) {
      if (!before.has(name)) variable.dispose();
    }
  }
  return rows;
}
