import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { presetConfig } from '../../spec/presets';
import { liveSettingsOf, type RunConfig } from '../../spec/runConfig';
import { conv2dFilterGradient } from '../kernels/conv2d/filterGradient';
import { conv2dForward } from '../kernels/conv2d/forward';
import { conv2dInputGradient } from '../kernels/conv2d/inputGradient';
import { linearForward, linearInputGradient, linearWeightGradient } from '../kernels/linear';
import { defineProgram, preferPlainTwins, runProgram } from '../kernels/program';
import { SimSiam } from '../methods/simsiam';
import { Sgd } from '../optim/sgd';
import { SCALARS } from '../stepInputs';
import { trainStep } from '../trainStep';

/** Our training kernels beside tfjs's own, and a whole training step, on the WebGPU engine that runs. */

/** Milliseconds that have passed, and those that all threads of the process computed (0 where that can not be told). */
export interface Clock {
  wallMs(): number;
  processorMs(): number;
}

export interface Cost {
  readonly wallMs: number;
  readonly processorMs: number;
}

/** Ours and stock tfjs, best of several each; `gflop` multiplies and adds, in thousands of millions, are the work of one run. */
export interface Comparison {
  readonly name: string;
  readonly gflop: number;
  readonly ours: Cost;
  readonly stock: Cost;
}

async function once(run: () => tf.Tensor, clock: Clock): Promise<Cost> {
  const backend = tf.backend() as WebGPUBackend;
  const processor = clock.processorMs();
  const wall = clock.wallMs();
  run().dispose();
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  await backend.queue.onSubmittedWorkDone();
  return { wallMs: clock.wallMs() - wall, processorMs: clock.processorMs() - processor };
}

/**
 * Ours and stock in turns, so that what else the machine does falls on both. The first turn compiles and is left out; the best of
 * wall and processor time are taken each by itself.
 */
async function compare(run: () => tf.Tensor, clock: Clock, rounds: number): Promise<{ ours: Cost; stock: Cost }> {
  const worst: Cost = { wallMs: Number.POSITIVE_INFINITY, processorMs: Number.POSITIVE_INFINITY };
  const best = { ours: worst, stock: worst };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const side of ['stock', 'ours'] as const) {
        preferPlainTwins(side === 'stock');
        const cost = await once(run, clock);
        if (round === 0) continue;
        best[side] = {
          wallMs: Math.min(best[side].wallMs, cost.wallMs),
          processorMs: Math.min(best[side].processorMs, cost.processorMs),
        };
      }
    }
  } finally {
    preferPlainTwins(false);
  }
  return best;
}

/** Multiply-adds on registers alone: what no kernel can beat. GFLOP and its best cost. */
async function measurePeak(clock: Clock, rounds: number): Promise<{ gflop: number; cost: Cost }> {
  const threads = 8192;
  const steps = 1000;
  const lanes = [0, 1, 2, 3];
  const program = defineProgram({
    name: 'multiplyAdd',
    inputs: {},
    outputs: { out: 'vec4<f32>' },
    uniforms: { steps: 'i32', factor: 'f32' },
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `
fn run(index : i32) {
  let factor = vec4<f32>(uniforms.factor);
${lanes.map((i) => `  var v${i} = vec4<f32>(f32(index + ${i}));`).join('\n')}
  for (var i = 0; i < uniforms.steps; i++) {
${lanes.map((i) => `    v${i} = v${i} * factor + factor;`).join('\n')}
  }
  out[index] = v0 + v1 + v2 + v3;
}`,
  });
  const run = () =>
    runProgram(program, {
      inputs: {},
      outputs: { out: [threads, 4] },
      uniforms: { steps, factor: 0.999 },
      size: threads,
    }).out;
  const { ours } = await compare(run, clock, rounds);
  return { gflop: (2 * 16 * threads * steps) / 1e9, cost: ours };
}

interface KernelCase {
  readonly name: string;
  readonly multiplyAdds: number;
  readonly run: () => tf.Tensor;
}

function convolutionCases(
  batch: number,
  size: number,
  cin: number,
  cout: number,
  k: number,
  stride: number,
): KernelCase[] {
  const pad = (k - 1) / 2;
  const x = tf.randomNormal<tf.Rank.R4>([batch, size, size, cin]);
  const kernel = tf.randomNormal<tf.Rank.R4>([k, k, cin, cout]);
  const dy = conv2dForward(x, kernel, stride, pad);
  const shape = `${size}x${size}x${cin} -> ${cout}, ${k}x${k}/${stride}`;
  const multiplyAdds = dy.size * k * k * cin;
  return [
    { name: `conv ${shape} forward`, multiplyAdds, run: () => conv2dForward(x, kernel, stride, pad) },
    {
      name: `conv ${shape} input gradient`,
      multiplyAdds,
      run: () => conv2dInputGradient(dy, kernel, x.shape, stride, pad),
    },
    {
      name: `conv ${shape} filter gradient`,
      multiplyAdds,
      run: () => conv2dFilterGradient(x, dy, kernel.shape, stride, pad),
    },
  ];
}

function linearCases(batch: number, inSize: number, outSize: number): KernelCase[] {
  const x = tf.randomNormal<tf.Rank.R2>([batch, inSize]);
  const w = tf.randomNormal<tf.Rank.R2>([inSize, outSize]);
  const dy = tf.randomNormal<tf.Rank.R2>([batch, outSize]);
  const multiplyAdds = batch * inSize * outSize;
  const shape = `linear ${inSize} -> ${outSize}`;
  return [
    { name: `${shape} forward`, multiplyAdds, run: () => linearForward(x, w) },
    { name: `${shape} input gradient`, multiplyAdds, run: () => linearInputGradient(dy, w) },
    { name: `${shape} weight gradient`, multiplyAdds, run: () => linearWeightGradient(x, dy) },
  ];
}

/** One training step: widths 16/32/64, one block each, projector 64-256-256, predictor 256-64-256, 32 x 32 pixels. */
function trainingStep(batch: number): () => tf.Tensor {
  const config: RunConfig = {
    ...presetConfig('small'),
    headBatchNorm: 'output',
    projectorLayers: 2,
    outputDim: 256,
    projectorHidden: 256,
    predictorHidden: 64,
  };
  const method = new SimSiam(
    { widths: [16, 32, 64], blocks: [1, 1, 1], strides: [1, 2, 2], stemStride: 1, zeroInitResidual: false },
    config,
    { count: batch },
  );
  const optimiser = new Sgd({ momentum: 0.9, weightDecay: 1e-4 });
  const x1 = tf.randomNormal<tf.Rank.R4>([batch, 32, 32, 3]);
  const x2 = tf.randomNormal<tf.Rank.R4>([batch, 32, 32, 3]);
  const live = liveSettingsOf(config);
  const images = tf.range(0, batch, 1, 'int32') as tf.Tensor1D;
  const scalars = tf.fill([SCALARS], 0.01) as tf.Tensor1D;
  optimiser.prepare(method.trained(live));
  return () =>
    trainStep(
      method,
      optimiser,
      { step: 0, x1, x2, moreViews: [], smallViews: [], images, scalars, targets: null },
      live,
    );
}

export interface KernelBenchmark {
  /** Known first: the bound for all that follows. */
  onPeak(gflop: number, cost: Cost): void;
  onKernel(comparison: Comparison): void;
  onStep(step: { readonly ours: Cost; readonly stock: Cost }): void;
}

/** Measures everything, in batches of `batch` and `rounds` turns, and reports each figure when it is known. */
export async function benchmarkKernels(
  clock: Clock,
  { batch, rounds }: { readonly batch: number; readonly rounds: number },
  report: KernelBenchmark,
): Promise<void> {
  const peak = await measurePeak(clock, rounds);
  report.onPeak(peak.gflop, peak.cost);
  const cases = [
    () => convolutionCases(batch, 32, 3, 16, 3, 1),
    () => convolutionCases(batch, 32, 16, 16, 3, 1),
    () => convolutionCases(batch, 32, 16, 32, 3, 2),
    () => convolutionCases(batch, 32, 16, 32, 1, 2),
    () => convolutionCases(batch, 16, 32, 32, 3, 1),
    () => convolutionCases(batch, 8, 64, 64, 3, 1),
    () => linearCases(batch, 256, 256),
  ];
  for (const make of cases) {
    tf.engine().startScope();
    for (const { name, multiplyAdds, run } of make()) {
      report.onKernel({ name, gflop: (2 * multiplyAdds) / 1e9, ...(await compare(run, clock, rounds)) });
    }
    tf.engine().endScope();
  }
  report.onStep(await compare(trainingStep(batch), clock, Math.min(rounds, 3)));
}
