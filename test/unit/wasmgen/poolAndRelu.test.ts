import { describe, expect, it } from 'vitest';
import { globalAveragePool, globalAveragePoolGradient } from '../../../src/engine/kernels/wasmgen/averagePool';
import { relu, reluGradient } from '../../../src/engine/kernels/wasmgen/relu';
import { Arena, maxError, randomFloats } from './harness';

describe('global average pool', () => {
  it.each([
    [1, 1, 1],
    [7, 16, 3],
    [3, 35, 5],
    [2, 64, 24],
    [5, 9, 100],
    [64, 16, 64],
  ])('of %i images of %i pixels, %i channels, is the mean, and its gradient the share', (images, pixels, channels) => {
    const shape = { images, pixels, channels };
    const x = randomFloats(images * pixels * channels, 1);
    const dy = randomFloats(images * channels, 2);
    const y = Float64Array.from(dy, (_, i) => {
      let sum = 0;
      for (let p = 0; p < pixels; p++) sum += x[(Math.floor(i / channels) * pixels + p) * channels + (i % channels)]!;
      return sum / pixels;
    });
    const dx = Float64Array.from(
      x,
      (_, i) => dy[Math.floor(i / channels / pixels) * channels + (i % channels)]! / pixels,
    );
    const arena = new Arena();
    const [result, gradient] = [arena.empty('y', y.length), arena.empty('dx', dx.length)];
    arena.run(globalAveragePool(shape), { x: arena.of('x', x), y: result }, Math.min(images, 3));
    arena.run(globalAveragePoolGradient(shape), { dy: arena.of('dy', dy), dx: gradient }, Math.min(images, 3));
    expect(maxError(arena.floats(result), y)).toBeLessThan(1e-6);
    expect(maxError(arena.floats(gradient), dx)).toBeLessThan(1e-6);
  });
});

describe('ReLU', () => {
  it.each([1, 5, 4096, 9001])('of %i numbers, and its gradient', (count) => {
    const x = randomFloats(count, 3);
    const dy = randomFloats(count, 4);
    x[0] = Number.NaN;
    dy[count - 1] = Number.POSITIVE_INFINITY;
    const arena = new Arena();
    const [y, dx] = [arena.empty('y', count), arena.empty('dx', count)];
    arena.run(relu(count), { x: arena.of('x', x), y }, 2);
    arena.run(reluGradient(count), { dy: arena.of('dy', dy), y, dx }, 2);
    expect(arena.floats(y)).toEqual(x.map((v) => (v < 0 ? 0 : v)));
    expect(arena.floats(dx)).toEqual(dy.map((g, i) => (x[i]! > 0 ? g : 0)));
  });
});
