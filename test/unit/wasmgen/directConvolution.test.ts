import { describe, expect, it } from 'vitest';
import {
  directBlocks,
  directFilterGradient,
} from '../../../src/engine/kernels/wasmgen/convolution/directFilterGradient';
import { directForward, forwardPacking } from '../../../src/engine/kernels/wasmgen/convolution/directForward';
import {
  directInputGradient,
  inputGradientPacking,
} from '../../../src/engine/kernels/wasmgen/convolution/directInputGradient';
import { type ConvShape, weightsOf } from '../../../src/engine/kernels/wasmgen/convolution/shape';
import type { Variant } from '../../../src/engine/kernels/wasmgen/kernel';
import { packedBytes, packPanels } from '../../../src/engine/kernels/wasmgen/panels';
import { sumPartials } from '../../../src/engine/kernels/wasmgen/partials';
import { seededRandom } from '../../../src/engine/random';
import {
  referenceFilterGradient,
  referenceForward,
  referenceInputGradient,
  xLength,
  yLength,
} from './convolutionReference';
import { Arena, maxError, randomFloats, VARIANTS, variantName } from './harness';

const shape = (
  images: number,
  [height, width]: readonly [number, number],
  [inChannels, outChannels]: readonly [number, number],
  size: number,
  stride: number,
): ConvShape => ({ images, height, width, inChannels, outChannels, size, stride });

const nameOf = (s: ConvShape) =>
  `${s.images} of ${s.height} x ${s.width}, ${s.inChannels} to ${s.outChannels}, ${s.size} x ${s.size}, stride ${s.stride}`;

type Numbers = ArrayLike<number>;

function forward(s: ConvShape, variant: Variant, x: Numbers, w: Numbers, calls = 1): Float32Array {
  const arena = new Arena();
  const packing = forwardPacking(s);
  const panels = arena.empty('panels', packedBytes(packing) / 4);
  arena.run(packPanels([packing]), { weights: arena.of('weights', w), panels }, calls);
  const y = arena.empty('y', yLength(s));
  arena.run(directForward(s, variant), { x: arena.of('x', x), panels, y }, calls);
  return arena.floats(y);
}

function inputGradient(s: ConvShape, variant: Variant, dy: Numbers, w: Numbers, calls = 1): Float32Array {
  const arena = new Arena();
  const sets = inputGradientPacking(s);
  const panels = arena.empty('panels', sets.reduce((sum, set) => sum + packedBytes(set), 0) / 4);
  arena.run(packPanels(sets), { weights: arena.of('weights', w), panels }, calls);
  const dx = arena.empty('dx', xLength(s));
  arena.run(directInputGradient(s, variant), { dy: arena.of('dy', dy), panels, dx }, calls);
  return arena.floats(dx);
}

function filterGradient(s: ConvShape, variant: Variant, x: Numbers, dy: Numbers, calls = 1): Float32Array {
  const arena = new Arena();
  const { count } = directBlocks(s);
  const partials = arena.empty('partials', count * weightsOf(s));
  arena.run(directFilterGradient(s, variant), { x: arena.of('x', x), dy: arena.of('dy', dy), partials }, calls);
  const sum = arena.empty('sum', weightsOf(s));
  arena.run(sumPartials(count, weightsOf(s)), { partials, sum }, calls);
  return arena.floats(sum);
}

function check(s: ConvShape, variant: Variant, seed: number): void {
  const [x, w, dy] = [
    randomFloats(xLength(s), seed),
    randomFloats(weightsOf(s), seed + 1),
    randomFloats(yLength(s), seed + 2),
  ];
  expect(maxError(forward(s, variant, x, w), referenceForward(s, x, w))).toBeLessThan(3e-6);
  expect(maxError(inputGradient(s, variant, dy, w), referenceInputGradient(s, dy, w))).toBeLessThan(3e-6);
  expect(maxError(filterGradient(s, variant, x, dy), referenceFilterGradient(s, x, dy))).toBeLessThan(1e-5);
}

const CHANNELS = [1, 3, 5, 8, 16, 24, 100];

describe.each(VARIANTS.map((variant) => [variantName(variant), variant] as const))(
  'direct convolution, %s',
  (_, variant) => {
    const shapes = [
      ...CHANNELS.flatMap((c) => [
        shape(2, [5, 7], [c, 16], 3, 1),
        shape(2, [5, 7], [16, c], 3, 1),
        shape(2, [7, 6], [c, 5], 3, 2),
        shape(2, [5, 4], [c, 24], 1, 2),
        shape(2, [3, 5], [8, c], 1, 1),
      ]),
      shape(7, [9, 9], [3, 16], 3, 1),
      shape(7, [8, 8], [16, 32], 3, 2),
      shape(64, [4, 4], [16, 16], 3, 1),
      shape(1, [1, 1], [3, 5], 3, 1),
      shape(1, [1, 1], [3, 5], 3, 2),
      shape(1, [2, 1], [4, 4], 1, 2),
      shape(1, [9, 8], [3, 16], 5, 1),
      shape(1, [9, 8], [3, 16], 7, 2),
      shape(3, [13, 12], [3, 64], 7, 2),
      shape(2, [7, 7], [64, 68], 3, 2),
      shape(1, [7, 7], [260, 64], 1, 2),
      shape(1, [7, 7], [3, 4], 3, 3),
    ];
    it.each(shapes.map((s) => [nameOf(s), s] as const))('forward and gradients are the reference: %s', (_, s) => {
      check(s, variant, 1);
    });

    it('forward and gradients are the reference for shapes drawn at random', () => {
      const random = seededRandom(7, 'shapes');
      for (let i = 0; i < 25; i++) {
        const s = shape(
          random.integer(1, 4),
          [random.integer(1, 11), random.integer(1, 11)],
          [random.integer(1, 40), random.integer(1, 40)],
          random.integer(0, 1) * 2 + 1,
          random.integer(1, 2),
        );
        expect(() => check(s, variant, i), nameOf(s)).not.toThrow();
      }
    });

    it('the same bits come out however the images are split', () => {
      const s = shape(37, [6, 5], [6, 20], 3, 2);
      const [x, w, dy] = [randomFloats(xLength(s), 1), randomFloats(weightsOf(s), 2), randomFloats(yLength(s), 3)];
      for (const calls of [2, 3, 37]) {
        expect(forward(s, variant, x, w, calls)).toEqual(forward(s, variant, x, w));
        expect(inputGradient(s, variant, dy, w, calls)).toEqual(inputGradient(s, variant, dy, w));
        expect(filterGradient(s, variant, x, dy, calls)).toEqual(filterGradient(s, variant, x, dy));
      }
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY])('%s reaches what depends on it, and nothing else', (odd) => {
      const s = shape(2, [6, 6], [5, 18], 3, 1);
      const [x, w, dy] = [randomFloats(xLength(s), 1), randomFloats(weightsOf(s), 2), randomFloats(yLength(s), 3)];
      // Away from the border, where the weights' gradient multiplies it with the zeros of the padding.
      x[40] = odd;
      dy[(2 * 6 + 3) * 18 + 7] = odd;
      expect(maxError(forward(s, variant, x, w), referenceForward(s, x, w))).toBeLessThan(3e-6);
      expect(maxError(inputGradient(s, variant, dy, w), referenceInputGradient(s, dy, w))).toBeLessThan(3e-6);
      expect(maxError(filterGradient(s, variant, x, dy), referenceFilterGradient(s, x, dy))).toBeLessThan(1e-5);
    });
  },
);
