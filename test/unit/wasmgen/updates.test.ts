import { describe, expect, it } from 'vitest';
import { followerTable, movingAverage } from '../../../src/engine/kernels/wasmgen/movingAverage';
import { sgdMomentum, sgdTable } from '../../../src/engine/kernels/wasmgen/sgd';
import { Arena, maxError, randomFloats, VARIANTS, variantName } from './harness';

const COUNTS = [1, 3, 4, 16, 4095, 4096, 4097, 9000];
const [MOMENTUM, DECAY, TAU] = [Math.fround(0.9), Math.fround(1e-4), Math.fround(0.99)];
const RATES = [0.3, 0.05].map(Math.fround);

describe.each(VARIANTS.map((v) => [variantName(v), v] as const))('updates of parameters, %s', (_, variant) => {
  it.each([1, 3])('SGD with momentum is the formula, in %i calls', (calls) => {
    const arena = new Arena();
    const rates = arena.of('rates', RATES);
    const settings = arena.of('settings', [MOMENTUM, DECAY]);
    const parameters = COUNTS.map((count, i) => {
      const [w, v, g] = [randomFloats(count, 3 * i), randomFloats(count, 3 * i + 1), randomFloats(count, 3 * i + 2)];
      const rate = i % 2;
      const pieces = { weight: arena.of('w', w), velocity: arena.of('v', v), gradient: arena.of('g', g) };
      return { w, v, g, rate, pieces };
    });
    const { table, pieces } = sgdTable(
      parameters.map(({ w, rate, pieces: { weight, velocity, gradient } }) => ({
        weight: weight.offset,
        velocity: velocity.offset,
        gradient: gradient.offset,
        count: w.length,
        rate: rates.offset + 4 * rate,
      })),
    );
    arena.run(sgdMomentum(pieces, variant), { table: arena.ofInts('table', table), settings }, calls);
    for (const { w, v, g, rate, pieces } of parameters) {
      const f = Math.fround;
      const velocity = v.map((old, i) => f(f(MOMENTUM * old) + f(g[i]! + f(w[i]! * DECAY))));
      const weight = w.map((old, i) => f(old - f(velocity[i]! * RATES[rate]!)));
      if (variant.fma) {
        // The sums of a parameter of one number may cancel.
        expect(maxError(arena.floats(pieces.velocity), velocity)).toBeLessThan(2e-6);
        expect(maxError(arena.floats(pieces.weight), weight)).toBeLessThan(2e-6);
      } else {
        expect(arena.floats(pieces.velocity)).toEqual(velocity);
        expect(arena.floats(pieces.weight)).toEqual(weight);
      }
    }
  });

  it('moving averages are the formula', () => {
    const arena = new Arena();
    const tau = arena.of('tau', [TAU]);
    const followers = COUNTS.map((count, i) => {
      const [target, online] = [randomFloats(count, 2 * i), randomFloats(count, 2 * i + 1)];
      return { target, online, buffers: { target: arena.of('target', target), online: arena.of('online', online) } };
    });
    const { table, pieces } = followerTable(
      followers.map(({ target, buffers }) => ({
        target: buffers.target.offset,
        online: buffers.online.offset,
        count: target.length,
        tau: tau.offset,
      })),
    );
    arena.run(movingAverage(pieces, variant), { table: arena.ofInts('table', table) });
    for (const { target, online, buffers } of followers) {
      const expected = target.map((old, i) => TAU * old + (1 - TAU) * online[i]!);
      expect(maxError(arena.floats(buffers.target), expected)).toBeLessThan(3e-7);
    }
  });
});
