/**
 * Speed of the generated WebAssembly kernels on one thread, in GFLOP/s and per cent of a measured peak of multiply-adds in registers:
 * `npx tsx scripts/bench/cpuKernels.ts [part of a name ...]`. All cases take turns.
 */
import v8 from 'node:v8';
import { f32x4, v128 } from '../../src/engine/kernels/wasmgen/assembler';
import { augmentViews } from '../../src/engine/kernels/wasmgen/augment/views';
import {
  batchNormGradient,
  batchNormGradientSums,
  batchNormGradientTotals,
} from '../../src/engine/kernels/wasmgen/batchNorm/backward';
import { batchNormPartials } from '../../src/engine/kernels/wasmgen/batchNorm/blocks';
import {
  batchNormNormalise,
  batchNormStatistics,
  batchNormSums,
} from '../../src/engine/kernels/wasmgen/batchNorm/forward';
import { directBlocks, directFilterGradient } from '../../src/engine/kernels/wasmgen/convolution/directFilterGradient';
import { directForward } from '../../src/engine/kernels/wasmgen/convolution/directForward';
import {
  directInputGradient,
  inputGradientPacking,
} from '../../src/engine/kernels/wasmgen/convolution/directInputGradient';
import { planConvolution } from '../../src/engine/kernels/wasmgen/convolution/plan';
import {
  type ConvShape,
  inBytesOf,
  outBytesOf,
  outHeightOf,
  outWidthOf,
  weightsOf,
} from '../../src/engine/kernels/wasmgen/convolution/shape';
import { compileKernels, defineKernel, type Kernel, type Variant } from '../../src/engine/kernels/wasmgen/kernel';
import { FLOAT, multiplyAdd } from '../../src/engine/kernels/wasmgen/lanes';
import { linearForward, linearInputGradient, linearWeightGradient } from '../../src/engine/kernels/wasmgen/linear';
import { packedBytes } from '../../src/engine/kernels/wasmgen/panels';
import { hasRelaxedSimd } from '../../src/engine/kernels/wasmgen/support';

v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

const ROUNDS = 12;
const ROUND_MS = 12;
const WARM_UP_MS = 40;
/** Of a call. */
const CALL_FLOPS = 2e7;

interface Case {
  readonly name: string;
  readonly kernel: Kernel;
  /** Bytes of each buffer. */
  readonly sizes: readonly number[];
  /** Of all units: multiply-adds count as two. */
  readonly flops: number;
  /** How often the reference step runs it: 32 images x 2 views of 32 x 32, widths 16, 32 and 64, heads of 256. */
  readonly timesAStep?: number;
  /** The units are indivisible, or too few to be cut. */
  readonly whole?: boolean;
}

/** Twelve chains of multiply-adds that stay in registers: as many as hide the latency of a multiplication and an addition. */
function peakKernel(variant: Variant): Case {
  const [chains, rounds, again] = [12, 50_000, 4];
  const kernel = defineKernel({
    name: `peak${variant.fma ? '-fma' : ''}`,
    buffers: ['at'],
    units: rounds,
    write(f, { at, from, to }) {
      const factor = f.let(v128.load(at));
      const sums = Array.from({ length: chains }, () => f.let(v128.load(at)));
      f.upTo(from, to, 1, () => {
        for (let i = 0; i < again; i++) {
          for (const sum of sums) f.set(sum, multiplyAdd(variant, sum, factor, factor));
        }
      });
      const total = sums.reduce((a, b) => f.let(f32x4.add(a, b)));
      f.emit(v128.store(at, total, 64));
    },
  });
  return { name: 'peak', kernel, sizes: [128], flops: rounds * again * chains * 8 };
}

/** Side, channels, size, stride, and how often a reference step has it. */
const CONVOLUTIONS = [
  [32, 3, 16, 3, 1, 1],
  [32, 16, 16, 3, 1, 2],
  [16, 32, 32, 3, 1, 1],
  [8, 64, 64, 3, 1, 1],
  [4, 128, 128, 3, 1, 0],
  [32, 16, 32, 3, 2, 1],
  [16, 32, 64, 3, 2, 1],
  [16, 8, 8, 3, 1, 0],
  [16, 24, 24, 3, 1, 0],
  [32, 16, 32, 1, 2, 1],
  [16, 32, 64, 1, 2, 1],
] as const;

function convolutions(variant: Variant): Case[] {
  return CONVOLUTIONS.flatMap(([side, inChannels, outChannels, size, stride, timesAStep]) => {
    const shape: ConvShape = { images: 64, height: side, width: side, inChannels, outChannels, size, stride };
    const weights = weightsOf(shape);
    const flops = 2 * shape.images * outHeightOf(shape) * outWidthOf(shape) * weights;
    const label = `${side} px, ${inChannels} to ${outChannels}, ${size} x ${size}, stride ${stride}`;
    const [x, y, w] = [shape.images * inBytesOf(shape), shape.images * outBytesOf(shape), weights * FLOAT];
    const packed = inputGradientPacking(shape).reduce((sum, set) => sum + packedBytes(set), 0);
    const partials = directBlocks(shape).count * w;
    const plan = planConvolution(shape, variant);
    const chosen = plan.forward.run.name.startsWith('winograd') ? 'Winograd' : 'direct';
    const [forward, backward] = [plan.forward.panelBytes, plan.inputGradient.panelBytes];
    const { run, partialBytes, sum } = plan.filterGradient;
    const backwardTimes = inChannels === 3 ? 0 : timesAStep;
    const direct = [
      { name: 'direct forward', kernel: directForward(shape, variant), sizes: [x, 2 * w, y], flops },
      { name: 'direct input gradient', kernel: directInputGradient(shape, variant), sizes: [y, packed, x], flops },
      { name: 'direct filter gradient', kernel: directFilterGradient(shape, variant), sizes: [x, y, partials], flops },
    ];
    const planned = [
      { name: 'forward', kernel: plan.forward.run, sizes: [x, forward, y], flops, timesAStep },
      {
        name: 'input gradient',
        kernel: plan.inputGradient.run,
        sizes: [y, backward, x],
        flops,
        timesAStep: backwardTimes,
      },
      { name: 'filter gradient', kernel: run, sizes: [x, y, partialBytes], flops, timesAStep },
      { name: 'forward weights', kernel: plan.forward.pack, sizes: [w, forward], flops: weights, timesAStep },
      {
        name: 'input gradient weights',
        kernel: plan.inputGradient.pack,
        sizes: [w, backward],
        flops: weights,
        timesAStep: backwardTimes,
      },
      { name: 'filter gradient sum', kernel: sum, sizes: [partialBytes, w], flops: partialBytes / FLOAT, timesAStep },
    ].map((made) => ({ ...made, name: `${chosen} ${made.name}` }));
    const all: Case[] = chosen === 'direct' ? planned : [...direct, ...planned];
    return all.map((made) => ({ ...made, name: `${made.name}, ${label}` }));
  });
}

/** What is not a convolution. Without products of matrices, one operation is counted for each float read or written. */
function others(variant: Variant): Case[] {
  const epilogue = { relu: true, residual: false };
  const layers = [
    [32, 16, 3],
    [16, 32, 3],
    [8, 64, 3],
  ].flatMap(([side = 0, channels = 0, layerCount = 0]) => {
    const shape = { rows: 64 * side * side, channels, views: 2 };
    const floats = shape.rows * channels;
    const [tensor, list] = [floats * FLOAT, 2 * channels * FLOAT];
    const partials = batchNormPartials(shape) * FLOAT;
    const statistics = batchNormStatistics(shape, { epsilon: 1e-5, decay: 0.9 });
    const cases: [string, Kernel, number[], number][] = [
      ['sums', batchNormSums(shape, variant), [tensor, partials], floats],
      ['statistics', statistics, [partials, list, list, list, list], partials / FLOAT],
      [
        'normalise',
        batchNormNormalise(shape, epilogue, variant),
        [tensor, list, list, list, list, 4, tensor],
        2 * floats,
      ],
      [
        'gradient sums',
        batchNormGradientSums(shape, true, variant),
        [tensor, tensor, tensor, list, partials],
        3 * floats,
      ],
      [
        'gradient totals',
        batchNormGradientTotals(shape),
        [partials, list, list, list, list, 2 * list],
        partials / FLOAT,
      ],
      [
        'gradient',
        batchNormGradient(shape, { relu: true, residual: false }, variant),
        [tensor, tensor, tensor, list, 2 * list, tensor, 4],
        4 * floats,
      ],
    ];
    return cases.map(([name, kernel, sizes, flops]) => ({
      name: `batch norm ${name}, ${side} px, ${channels}`,
      kernel,
      sizes,
      flops,
      timesAStep: layerCount,
    }));
  });
  const linear = (
    [
      [64, 256],
      [256, 256],
      [256, 64],
      [64, 256],
    ] as const
  ).flatMap(([inputs, outputs], index) => {
    const shape = { rows: 64, inputs, outputs };
    const flops = 2 * 64 * inputs * outputs;
    const [x, y, w] = [64 * inputs * FLOAT, 64 * outputs * FLOAT, inputs * outputs * FLOAT];
    const label = `linear ${inputs} to ${outputs}${index === 3 ? ' again' : ''}`;
    return [
      { name: `${label}, forward`, kernel: linearForward(shape, { bias: false }, variant), sizes: [x, w, 4, y], flops },
      { name: `${label}, input gradient`, kernel: linearInputGradient(shape, variant), sizes: [y, w, 4, x], flops },
      { name: `${label}, weight gradient`, kernel: linearWeightGradient(shape, variant), sizes: [x, y, w], flops },
    ].map((made) => ({ ...made, timesAStep: index === 3 ? 0 : inputs === 64 ? 2 : 1, whole: true }));
  });
  const sizes = { images: 32, inHeight: 32, inWidth: 32, views: 64, outHeight: 32, outWidth: 32 };
  const augmentation = {
    name: 'crop, resize and normalisation, 64 views of 32 px',
    kernel: augmentViews(sizes, true, variant),
    sizes: [32 * 1024 * 4, 64 * 64, 32, 64 * 1024 * 12],
    flops: 64 * 1024 * 3,
    timesAStep: 1,
  };
  return [...layers, ...linear, augmentation];
}

/**
 * GFLOP/s of the fastest call of each case. Calls are cut to about a millisecond, so that on a machine with other work some of them run
 * undisturbed.
 */
function ratesInTurns(cases: readonly Case[]): number[] {
  const most = Math.max(...cases.map(({ sizes, kernel }) => sizes.reduce((a, b) => a + b + 256, kernel.scratchBytes)));
  const memory = new WebAssembly.Memory({ initial: Math.ceil((most + 2048) / 65536) });
  const numbers = new Float32Array(memory.buffer);
  const run = compileKernels(
    cases.map(({ kernel }) => kernel),
    memory,
  );
  const best = cases.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    numbers.fill(1 / 64);
    cases.forEach(({ kernel, sizes, flops, whole = false }, index) => {
      let end = 1024;
      const offsets = sizes.map((bytes) => {
        const start = end;
        end += Math.ceil(bytes / 64) * 64 + 64;
        return start;
      });
      const least = flops < CALL_FLOPS ? kernel.units : Math.round((kernel.units * CALL_FLOPS) / flops);
      const units = whole ? kernel.units : Math.min(kernel.units, Math.max(1, least));
      const until = performance.now() + (round === 0 ? WARM_UP_MS : ROUND_MS);
      for (let first = 0; performance.now() < until; first += units) {
        if (first + units > kernel.units) first = 0;
        const start = performance.now();
        run(kernel, offsets, end, first, first + units);
        const ms = performance.now() - start;
        if (round > 0) best[index] = Math.max(best[index] ?? 0, (flops * units) / kernel.units / ms / 1e6);
      }
    });
  }
  return best;
}

const wanted = process.argv.slice(2);
for (const variant of hasRelaxedSimd() ? [{ fma: true }, { fma: false }] : [{ fma: false }]) {
  const cases = [
    peakKernel(variant),
    ...[...convolutions(variant), ...others(variant)].filter(
      ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
    ),
  ];
  const rates = ratesInTurns(cases);
  const peak = rates[0] ?? 1;
  console.log(variant.fma ? '\nFused multiply-add' : '\nMultiply and add');
  let step = 0;
  cases.forEach(({ name, flops, timesAStep = 0 }, index) => {
    const rate = rates[index] ?? 0;
    const percent = ((100 * rate) / peak).toFixed(0);
    const ms = flops / rate / 1e6;
    step += timesAStep * ms;
    console.log(
      `${name.padEnd(62)} ${rate.toFixed(1).padStart(6)} GFLOP/s ${percent.padStart(4)} %  ${ms.toFixed(2).padStart(6)} ms${timesAStep > 0 ? ` x ${timesAStep}` : ''}`,
    );
  });
  console.log(`Of a reference step, the cases shown: ${step.toFixed(1)} ms`);
}
