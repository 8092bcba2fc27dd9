/**
 * Speed of the generated WebAssembly kernels on one thread, in GFLOP/s and per cent of a measured peak of multiply-adds in registers:
 * `npx tsx scripts/bench/cpuKernels.ts [part of a name ...]`. All cases take turns.
 */
import v8 from 'node:v8';
import { f32x4, v128 } from '../../src/engine/kernels/wasmgen/assembler';
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
}

/** A tile of a convolution whose weights never leave the registers: 8 sums, and the inputs always the same two numbers. */
function peakKernel(variant: Variant): Case {
  const [pixels, vectors, rounds, again] = [2, 4, 400_000, 1];
  const kernel = defineKernel({
    name: `peak${variant.fma ? '-fma' : ''}`,
    buffers: ['at'],
    units: rounds,
    write(f, { at, from, to }) {
      const weights = Array.from({ length: vectors }, (_, j) => f.let(v128.load(at, 16 * j)));
      const sums = Array.from({ length: pixels * vectors }, () => f.let(v128.load(at)));
      const input = f.local('v128');
      f.upTo(from, to, 1, () => {
        for (let i = 0; i < again * pixels; i++) {
          f.set(input, f32x4.loadSplat(at, 4 * i));
          weights.forEach((weight, j) => {
            const sum = sums[(i % pixels) * vectors + j] ?? input;
            f.set(sum, multiplyAdd(variant, input, weight, sum));
          });
        }
      });
      f.emit(
        v128.store(
          at,
          sums.reduce((a, b) => f.let(f32x4.add(a, b))),
          64,
        ),
      );
    },
  });
  return { name: 'peak', kernel, sizes: [128], flops: rounds * again * pixels * vectors * 8 };
}

function convolutions(variant: Variant): Case[] {
  const shapes: ConvShape[] = (
    [
      [32, 3, 16, 3, 1],
      [32, 16, 16, 3, 1],
      [16, 32, 32, 3, 1],
      [8, 64, 64, 3, 1],
      [4, 128, 128, 3, 1],
      [32, 16, 32, 3, 2],
      [16, 32, 64, 3, 2],
      [16, 8, 8, 3, 1],
      [16, 24, 24, 3, 1],
      [32, 16, 32, 1, 2],
      [16, 32, 64, 1, 2],
    ] as const
  ).map(([side, inChannels, outChannels, size, stride]) => ({
    images: 64,
    height: side,
    width: side,
    inChannels,
    outChannels,
    size,
    stride,
  }));
  return shapes.flatMap((shape) => {
    const { images, height, inChannels, outChannels, size, stride } = shape;
    const flops = 2 * images * outHeightOf(shape) * outWidthOf(shape) * weightsOf(shape);
    const label = `${height} px, ${inChannels} to ${outChannels}, ${size} x ${size}, stride ${stride}`;
    const [x, y] = [images * inBytesOf(shape), images * outBytesOf(shape)];
    const sets = inputGradientPacking(shape);
    const packed = sets.reduce((sum, set) => sum + packedBytes(set), 0);
    const weights = size * size * inChannels * Math.ceil(outChannels / 4) * 4 * FLOAT;
    const { forward, inputGradient, filterGradient } = planConvolution(shape, variant);
    const planned = [
      { name: `Winograd forward, ${label}`, kernel: forward.run, sizes: [x, forward.panelBytes, y], flops },
      {
        name: `Winograd input gradient, ${label}`,
        kernel: inputGradient.run,
        sizes: [y, inputGradient.panelBytes, x],
        flops,
      },
      {
        name: `Winograd filter gradient, ${label}`,
        kernel: filterGradient.run,
        sizes: [x, y, filterGradient.partialBytes],
        flops,
      },
    ].filter(({ kernel }) => kernel.name.startsWith('winograd'));
    return [
      { name: `direct forward, ${label}`, kernel: directForward(shape, variant), sizes: [x, weights, y], flops },
      {
        name: `direct input gradient, ${label}`,
        kernel: directInputGradient(shape, variant),
        sizes: [y, packed, x],
        flops,
      },
      {
        name: `direct filter gradient, ${label}`,
        kernel: directFilterGradient(shape, variant),
        sizes: [x, y, directBlocks(shape).count * weightsOf(shape) * FLOAT],
        flops,
      },
      ...planned,
    ];
  });
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
    cases.forEach(({ kernel, sizes, flops }, index) => {
      let end = 1024;
      const offsets = sizes.map((bytes) => {
        const start = end;
        end += Math.ceil(bytes / 64) * 64 + 64;
        return start;
      });
      const units = Math.min(kernel.units, Math.max(1, Math.round((kernel.units * CALL_FLOPS) / flops)));
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
    ...convolutions(variant).filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part))),
  ];
  const rates = ratesInTurns(cases);
  const peak = rates[0] ?? 1;
  console.log(variant.fma ? '\nFused multiply-add' : '\nMultiply and add');
  cases.forEach(({ name }, index) => {
    const rate = rates[index] ?? 0;
    const percent = ((100 * rate) / peak).toFixed(0);
    console.log(`${name.padEnd(62)} ${rate.toFixed(1).padStart(6)} GFLOP/s ${percent.padStart(4)} %`);
  });
}
