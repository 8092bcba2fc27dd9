import { describe, expect, it } from 'vitest';
import { planConvolution } from '../../../src/engine/kernels/wasmgen/convolution/plan';
import { type ConvShape, weightsOf } from '../../../src/engine/kernels/wasmgen/convolution/shape';
import {
  referenceFilterGradient,
  referenceForward,
  referenceInputGradient,
  xLength,
  yLength,
} from './convolutionReference';
import { Arena, type Buffer, maxError, randomFloats, VARIANTS, variantName } from './harness';

const SHAPES: ConvShape[] = [
  { images: 7, height: 9, width: 8, inChannels: 16, outChannels: 24, size: 3, stride: 1 },
  { images: 3, height: 2, width: 2, inChannels: 20, outChannels: 16, size: 3, stride: 1 },
  { images: 5, height: 9, width: 8, inChannels: 3, outChannels: 16, size: 3, stride: 2 },
  { images: 5, height: 9, width: 8, inChannels: 8, outChannels: 5, size: 1, stride: 2 },
];

describe.each(VARIANTS.map((v) => [variantName(v), v] as const))('planConvolution, %s', (_, variant) => {
  it.each(SHAPES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'gives kernels that work together: %s',
    (_name, shape) => {
      const [x, w, dy] = [
        randomFloats(xLength(shape), 1),
        randomFloats(weightsOf(shape), 2),
        randomFloats(yLength(shape), 3),
      ];
      const arena = new Arena();
      const [xs, ws, dys] = [arena.of('x', x), arena.of('w', w), arena.of('dy', dy)];
      const { forward, inputGradient, filterGradient } = planConvolution(shape, variant);
      const weighted = ({ pack, panelBytes, run }: typeof forward, given: Buffer, length: number) => {
        const [panels, result] = [arena.empty('panels', panelBytes / 4), arena.empty('result', length)];
        arena.run(pack, { weights: ws, panels });
        const [input = '', , output = ''] = run.buffers;
        arena.run(run, { [input]: given, panels, [output]: result });
        return arena.floats(result);
      };
      expect(maxError(weighted(forward, xs, yLength(shape)), referenceForward(shape, x, w))).toBeLessThan(2e-5);
      const dx = weighted(inputGradient, dys, xLength(shape));
      expect(maxError(dx, referenceInputGradient(shape, dy, w))).toBeLessThan(2e-5);
      const [partials, dw] = [
        arena.empty('partials', filterGradient.partialBytes / 4),
        arena.empty('dw', weightsOf(shape)),
      ];
      arena.run(filterGradient.run, { x: xs, dy: dys, partials });
      arena.run(filterGradient.sum, { partials, sum: dw });
      expect(maxError(arena.floats(dw), referenceFilterGradient(shape, x, dy))).toBeLessThan(5e-5);
    },
  );

  it.each([
    [{ images: 0 }, 'images is 0'],
    [{ height: 2.5 }, 'height is 2.5'],
    [{ size: 4 }, 'even size'],
  ])('refuses %j', (change, message) => {
    expect(() => planConvolution({ ...SHAPES[0]!, ...change }, variant)).toThrow(message);
  });
});
