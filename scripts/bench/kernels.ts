/**
 * npm run bench:kernels -- [--quick]: speed of our training kernels beside tfjs's own, on the adapter that Node finds.
 * Ours and stock alternate within one run, so that what else the machine does falls on both; each figure is the best of several.
 * Software adapters (lavapipe, SwiftShader) print GFLOP per second of processor time as well, which hardly depends on other load.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { startEngine } from '../../src/engine/backend/startEngine';
import { conv2dFilterGradient } from '../../src/engine/kernels/conv2d/filterGradient';
import { conv2dForward } from '../../src/engine/kernels/conv2d/forward';
import { conv2dInputGradient } from '../../src/engine/kernels/conv2d/inputGradient';
import { linearForward, linearInputGradient, linearWeightGradient } from '../../src/engine/kernels/linear';
import { defineProgram, preferPlainTwins, runProgram } from '../../src/engine/kernels/program';
import { SimSiam } from '../../src/engine/methods/simsiam';
import { Sgd } from '../../src/engine/optim/sgd';
import { trainStep } from '../../src/engine/trainStep';
import { startNodeGpu } from '../node/gpu';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const BATCH = options.quick ? 8 : 32;
const ROUNDS = options.quick ? 2 : 5;

interface Cost {
  wallMs: number;
  cpuMs: number;
}

async function once(run: () => tf.Tensor): Promise<Cost> {
  const backend = tf.backend() as WebGPUBackend;
  const cpu = process.cpuUsage();
  const start = performance.now();
  run().dispose();
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  await backend.queue.onSubmittedWorkDone();
  const spent = process.cpuUsage(cpu);
  return { wallMs: performance.now() - start, cpuMs: (spent.user + spent.system) / 1000 };
}

/** Best of several of ours and of stock tfjs, in turns; the first of each compiles and is left out. */
async function compare(run: () => tf.Tensor, rounds = ROUNDS): Promise<{ ours: Cost; stock: Cost }> {
  const best = () => ({ wallMs: Number.POSITIVE_INFINITY, cpuMs: Number.POSITIVE_INFINITY });
  const result = { ours: best(), stock: best() };
  for (let round = 0; round <= rounds; round++) {
    for (const side of ['stock', 'ours'] as const) {
      preferPlainTwins(side === 'stock');
      const cost = await once(run);
      if (round === 0) continue;
      result[side].wallMs = Math.min(result[side].wallMs, cost.wallMs);
      result[side].cpuMs = Math.min(result[side].cpuMs, cost.cpuMs);
    }
  }
  preferPlainTwins(false);
  return result;
}

/** Multiply-adds on registers alone: what no kernel can beat. */
async function measurePeak(): Promise<{ wall: number; cpu: number }> {
  const threads = 8192;
  const rounds = 1000;
  const lanes = [0, 1, 2, 3];
  const program = defineProgram({
    name: 'multiplyAdd',
    inputs: {},
    outputs: { out: 'vec4<f32>' },
    uniforms: { rounds: 'i32', factor: 'f32' },
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `
fn run(index : i32) {
  let factor = vec4<f32>(uniforms.factor);
${lanes.map((i) => `  var v${i} = vec4<f32>(f32(index + ${i}));`).join('\n')}
  for (var i = 0; i < uniforms.rounds; i++) {
${lanes.map((i) => `    v${i} = v${i} * factor + factor;`).join('\n')}
  }
  out[index] = v0 + v1 + v2 + v3;
}`,
  });
  const run = () =>
    runProgram(program, {
      inputs: {},
      outputs: { out: [threads, 4] },
      uniforms: { rounds, factor: 0.999 },
      size: threads,
    }).out;
  const { ours } = await compare(run);
  const gflop = (2 * 16 * threads * rounds) / 1e9;
  return { wall: gflop / (ours.wallMs / 1000), cpu: gflop / (ours.cpuMs / 1000) };
}

interface KernelCase {
  readonly name: string;
  readonly multiplyAdds: number;
  readonly run: () => tf.Tensor;
}

function convolutionCases(size: number, cin: number, cout: number, k: number, stride: number): KernelCase[] {
  const pad = (k - 1) / 2;
  const x = tf.randomNormal<tf.Rank.R4>([BATCH, size, size, cin]);
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

function linearCases(inSize: number, outSize: number): KernelCase[] {
  const x = tf.randomNormal<tf.Rank.R2>([BATCH, inSize]);
  const w = tf.randomNormal<tf.Rank.R2>([inSize, outSize]);
  const dy = tf.randomNormal<tf.Rank.R2>([BATCH, outSize]);
  const multiplyAdds = BATCH * inSize * outSize;
  const shape = `linear ${inSize} -> ${outSize}`;
  return [
    { name: `${shape} forward`, multiplyAdds, run: () => linearForward(x, w) },
    { name: `${shape} input gradient`, multiplyAdds, run: () => linearInputGradient(dy, w) },
    { name: `${shape} weight gradient`, multiplyAdds, run: () => linearWeightGradient(x, dy) },
  ];
}

/** One training step: widths 16/32/64, one block each, projector 64-256-256, predictor 256-64-256, 32 x 32 pixels. */
function trainingStep(): () => tf.Tensor {
  const method = new SimSiam(
    { widths: [16, 32, 64], blocks: [1, 1, 1], strides: [1, 2, 2], stemStride: 1, zeroInitResidual: false },
    {
      headBatchNorm: 'output',
      similarity: 'cosine',
      symmetric: true,
      outputDim: 256,
      projectorLayers: 2,
      projectorHidden: 256,
      predictorHidden: 64,
      fixPredictorLr: false,
      seed: 0,
    },
  );
  const optimiser = new Sgd({ momentum: 0.9, weightDecay: 1e-4 });
  const x1 = tf.randomNormal<tf.Rank.R4>([BATCH, 32, 32, 3]);
  const x2 = tf.randomNormal<tf.Rank.R4>([BATCH, 32, 32, 3]);
  const live = { stopGradient: true, predictor: 'trained', baseLearningRate: 0.05 } as const;
  return () => trainStep(method, optimiser, x1, x2, live, { scheduled: 0.01, initial: 0.01 });
}

await startNodeGpu();
const engine = await startEngine('webgpu', {
  onUncapturedError: (message) => {
    throw new Error(message);
  },
  onLost: (message) => {
    throw new Error(message);
  },
});
const peak = await measurePeak();
const perCpu = (gflop: number, { cpuMs }: Cost) =>
  engine.isSoftware ? ` (${(gflop / (cpuMs / 1000)).toFixed(1)})` : '';
console.log(
  `${engine.description}, batch ${BATCH}, ${engine.isSoftware ? 'GFLOP/s (and a processor second)' : 'GFLOP/s'}`,
);
console.log(`multiply-add peak ${peak.wall.toFixed(1)}${engine.isSoftware ? ` (${peak.cpu.toFixed(1)})` : ''}`);

const cases = [
  ...convolutionCases(32, 3, 16, 3, 1),
  ...convolutionCases(32, 16, 16, 3, 1),
  ...convolutionCases(32, 16, 32, 3, 2),
  ...convolutionCases(32, 16, 32, 1, 2),
  ...convolutionCases(16, 32, 32, 3, 1),
  ...convolutionCases(8, 64, 64, 3, 1),
  ...linearCases(256, 256),
];
for (const { name, multiplyAdds, run } of cases) {
  const gflop = (2 * multiplyAdds) / 1e9;
  const { ours, stock } = await compare(run);
  const show = (cost: Cost) => `${(gflop / (cost.wallMs / 1000)).toFixed(2)}${perCpu(gflop, cost)}`;
  const percent = (100 * gflop) / (engine.isSoftware ? ours.cpuMs * peak.cpu : ours.wallMs * peak.wall) / 1e-3;
  console.log(
    `${name.padEnd(44)} ours ${show(ours).padEnd(14)} stock ${show(stock).padEnd(14)} ${percent.toFixed(0)} % of peak`,
  );
}

const { ours, stock } = await compare(trainingStep(), options.quick ? 1 : 3);
const ratio = (side: keyof Cost) => (stock[side] / ours[side]).toFixed(1);
console.log(
  `training step: ours ${ours.wallMs.toFixed(0)} ms (${ours.cpuMs.toFixed(0)} of processor), stock ${stock.wallMs.toFixed(0)} ms (${stock.cpuMs.toFixed(0)}), ${ratio('wallMs')} times (${ratio('cpuMs')})`,
);
process.exit(0);
