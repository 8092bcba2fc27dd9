import { describe, expect, it } from 'vitest';
import { algorithmFor } from '../../../src/engine/kernels/wasmgen/convolution/algorithm';
import type { ConvShape } from '../../../src/engine/kernels/wasmgen/convolution/shape';
import { weightsOf } from '../../../src/engine/kernels/wasmgen/convolution/shape';
import type { Variant } from '../../../src/engine/kernels/wasmgen/kernel';
import { sumPartials } from '../../../src/engine/kernels/wasmgen/partials';
import { winogradConvolution } from '../../../src/engine/kernels/wasmgen/winograd/convolution';
import { winogradBlocks, winogradFilterGradient } from '../../../src/engine/kernels/wasmgen/winograd/filterGradient';
import type { TileSize } from '../../../src/engine/kernels/wasmgen/winograd/lines';
import { packWinogradWeights, winogradWeightBytes } from '../../../src/engine/kernels/wasmgen/winograd/weights';
import { seededRandom } from '../../../src/engine/random';
import {
  referenceFilterGradient,
  referenceForward,
  referenceInputGradient,
  xLength,
  yLength,
} from './convolutionReference';
import { Arena, maxError, randomFloats, VARIANTS, variantName } from './harness';

type Numbers = ArrayLike<number>;

const shape = (images: number, height: number, width: number, inChannels: number, outChannels: number): ConvShape => ({
  images,
  height,
  width,
  inChannels,
  outChannels,
  size: 3,
  stride: 1,
});

function convolution(
  s: ConvShape,
  of: 'forward' | 'inputGradient',
  m: TileSize,
  variant: Variant,
  given: Numbers,
  w: Numbers,
  calls = 1,
): Float32Array {
  const arena = new Arena();
  const [inputs, outputs] = of === 'forward' ? [s.inChannels, s.outChannels] : [s.outChannels, s.inChannels];
  const panels = arena.empty('panels', winogradWeightBytes(m, inputs, outputs) / 4);
  arena.run(
    packWinogradWeights([s.inChannels, s.outChannels], m, of, variant),
    { weights: arena.of('weights', w), panels },
    calls,
  );
  const y = arena.empty('y', s.images * s.height * s.width * outputs);
  const kernel = winogradConvolution({ ...s, inChannels: inputs, outChannels: outputs }, m, variant);
  arena.run(kernel, { x: arena.of('x', given), panels, y }, calls);
  return arena.floats(y);
}

function filterGradient(s: ConvShape, m: TileSize, variant: Variant, x: Numbers, dy: Numbers, calls = 1): Float32Array {
  const arena = new Arena();
  const { count } = winogradBlocks(s, m);
  const partials = arena.empty('partials', count * weightsOf(s));
  arena.run(winogradFilterGradient(s, m, variant), { x: arena.of('x', x), dy: arena.of('dy', dy), partials }, calls);
  const sum = arena.empty('sum', weightsOf(s));
  arena.run(sumPartials(count, weightsOf(s)), { partials, sum }, calls);
  return arena.floats(sum);
}

/** Of the largest value. */
const TOLERANCE = { convolution: { 2: 4e-6, 4: 2e-5 }, filter: { 2: 1e-5, 4: 5e-5 } };

function check(s: ConvShape, m: TileSize, variant: Variant, seed: number): void {
  const [x, w, dy] = [
    randomFloats(xLength(s), seed),
    randomFloats(weightsOf(s), seed + 1),
    randomFloats(yLength(s), seed + 2),
  ];
  const forward = convolution(s, 'forward', m, variant, x, w);
  expect(maxError(forward, referenceForward(s, x, w))).toBeLessThan(TOLERANCE.convolution[m]);
  const dx = convolution(s, 'inputGradient', m, variant, dy, w);
  expect(maxError(dx, referenceInputGradient(s, dy, w))).toBeLessThan(TOLERANCE.convolution[m]);
  const dw = filterGradient(s, m, variant, x, dy);
  expect(maxError(dw, referenceFilterGradient(s, x, dy))).toBeLessThan(TOLERANCE.filter[m]);
}

const CASES = VARIANTS.flatMap((variant) => ([2, 4] as const).map((m) => [m, variantName(variant), variant] as const));

describe.each(CASES)('Winograd F(%i), %s', (m, _, variant) => {
  const shapes = [
    shape(1, 4, 4, 4, 4),
    shape(2, 8, 8, 16, 16),
    shape(3, 5, 7, 16, 20),
    shape(2, 1, 1, 8, 4),
    shape(1, 6, 9, 100, 16),
    shape(2, 3, 2, 24, 100),
    shape(7, 4, 4, 16, 32),
    shape(64, 2, 2, 16, 16),
    shape(1, 36, 33, 4, 8),
  ];
  it.each(shapes.map((s) => [s.images, s.height, s.width, s.inChannels, s.outChannels, s] as const))(
    'convolution and gradients are the reference: %i of %i x %i, %i to %i',
    (_images, _height, _width, _inChannels, _outChannels, s) => {
      check(s, m, variant, 1);
    },
  );

  it('convolution and gradients are the reference for shapes drawn at random', () => {
    const random = seededRandom(11, 'shapes');
    for (let i = 0; i < 12; i++) {
      const s = shape(
        random.integer(1, 9),
        random.integer(1, 13),
        random.integer(1, 13),
        4 * random.integer(1, 9),
        4 * random.integer(1, 9),
      );
      expect(() => check(s, m, variant, i), JSON.stringify(s)).not.toThrow();
    }
  });

  it('the same bits come out however the images are split', () => {
    const s = shape(37, 6, 5, 8, 20);
    const [x, w, dy] = [randomFloats(xLength(s), 1), randomFloats(weightsOf(s), 2), randomFloats(yLength(s), 3)];
    const all = [
      convolution(s, 'forward', m, variant, x, w),
      convolution(s, 'inputGradient', m, variant, dy, w),
      filterGradient(s, m, variant, x, dy),
    ];
    for (const calls of [2, 37]) {
      expect(convolution(s, 'forward', m, variant, x, w, calls)).toEqual(all[0]);
      expect(convolution(s, 'inputGradient', m, variant, dy, w, calls)).toEqual(all[1]);
      expect(filterGradient(s, m, variant, x, dy, calls)).toEqual(all[2]);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%s makes NaN of what it meets and of no other image', (odd) => {
    const s = shape(2, 8, 8, 16, 16);
    const [x, w, dy] = [randomFloats(xLength(s), 1), randomFloats(weightsOf(s), 2), randomFloats(yLength(s), 3)];
    x[(4 * 8 + 4) * 16] = odd;
    const y = convolution(s, 'forward', m, variant, x, w);
    const exact = referenceForward(s, x, w);
    for (let i = 0; i < y.length; i++) if (!Number.isFinite(exact[i]!)) expect(y[i]).not.toSatisfy(Number.isFinite);
    expect(y.subarray(y.length / 2).every(Number.isFinite)).toBe(true);
    const dw = filterGradient(s, m, variant, x, dy);
    for (let i = 0; i < dw.length; i++) expect(Number.isFinite(dw[i]!)).toBe(Math.floor(i / 16) % 16 !== 0);
  });
});

describe('algorithmFor', () => {
  it('takes F(4 x 4) where 16 channels and tiles fill the image', () => {
    expect(algorithmFor(shape(1, 32, 32, 16, 16))).toEqual({ kind: 'winograd', m: 4 });
    expect(algorithmFor(shape(1, 8, 8, 64, 64))).toEqual({ kind: 'winograd', m: 4 });
  });

  it('takes F(2 x 2) where the tiles of F(4 x 4) would be half empty', () => {
    expect(algorithmFor(shape(1, 2, 2, 64, 64))).toEqual({ kind: 'winograd', m: 2 });
  });

  it('takes the direct way for few channels, other sizes and strides, and a single pixel', () => {
    const direct = { kind: 'direct' };
    expect(algorithmFor(shape(1, 32, 32, 3, 16))).toEqual(direct);
    expect(algorithmFor(shape(1, 32, 32, 8, 8))).toEqual(direct);
    expect(algorithmFor(shape(1, 32, 32, 18, 16))).toEqual(direct);
    expect(algorithmFor({ ...shape(1, 32, 32, 16, 16), stride: 2 })).toEqual(direct);
    expect(algorithmFor({ ...shape(1, 32, 32, 16, 16), size: 1 })).toEqual(direct);
    expect(algorithmFor(shape(1, 1, 1, 64, 64))).toEqual(direct);
  });
});
