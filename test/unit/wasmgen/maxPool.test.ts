import { describe, expect, it } from 'vitest';
import { type MaxPoolShape, maxPool, maxPoolGradient } from '../../../src/engine/kernels/wasmgen/maxPool';
import { seededRandom } from '../../../src/engine/random';
import { Arena, maxError, randomFloats } from './harness';

/** PyTorch's rule: the first maximum in row-major order, or the last NaN. */
function reference({ images, height, width, channels }: MaxPoolShape, x: Float32Array, dy: Float32Array) {
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  let window = 0;
  for (let n = 0; n < images; n++)
    for (let row = 0; row < height; row += 2)
      for (let column = 0; column < width; column += 2)
        for (let c = 0; c < channels; c++) {
          let [best, place] = [Number.NEGATIVE_INFINITY, -1];
          for (let r = Math.max(0, row - 1); r < Math.min(height, row + 2); r++)
            for (let k = Math.max(0, column - 1); k < Math.min(width, column + 2); k++) {
              const here = ((n * height + r) * width + k) * channels + c;
              if (place < 0 || x[here]! > best || Number.isNaN(x[here])) [best, place] = [x[here]!, here];
            }
          y[window] = best;
          dx[place]! += dy[window++]!;
        }
  return { y, dx };
}

describe('max pooling', () => {
  const shape = (images: number, height: number, width: number, channels: number): MaxPoolShape => ({
    images,
    height,
    width,
    channels,
  });
  it.each([
    shape(1, 1, 1, 1),
    shape(2, 1, 2, 3),
    shape(2, 2, 1, 4),
    shape(3, 3, 3, 5),
    shape(2, 7, 8, 6),
    shape(2, 8, 7, 64),
    shape(5, 6, 6, 17),
  ])('of $images images of $height x $width, $channels channels, and its gradient', (s) => {
    const random = seededRandom(5, 'pool');
    const size = s.images * s.height * s.width * s.channels;
    const windows = s.images * Math.ceil(s.height / 2) * Math.ceil(s.width / 2);
    // Few different values, so that many windows have a tie.
    const x = Float32Array.from({ length: size }, () => random.integer(-2, 2));
    if (size > 20) x[7] = x[12] = Number.NaN;
    if (size > 20) x[15] = x[3] = Number.NEGATIVE_INFINITY;
    const dy = randomFloats(windows * s.channels, 6);
    const expected = reference(s, x, dy);
    for (const calls of [1, 3]) {
      const arena = new Arena();
      const [y, dx] = [arena.empty('y', dy.length), arena.empty('dx', size)];
      const given = arena.of('x', x);
      arena.run(maxPool(s), { x: given, y }, calls);
      arena.run(maxPoolGradient(s), { dy: arena.of('dy', dy), x: given, dx }, Math.min(calls, s.images));
      expect(Array.from(arena.floats(y))).toEqual(Array.from(expected.y));
      expect(maxError(arena.floats(dx), expected.dx)).toBeLessThan(1e-6);
    }
  });
});
