import { describe, expect, it } from 'vitest';
import type { Variant } from '../../../src/engine/kernels/wasmgen/kernel';
import {
  columnSums,
  type LinearShape,
  linearForward,
  linearForwardPacking,
  linearInputGradient,
  linearInputGradientPacking,
  linearWeightGradient,
} from '../../../src/engine/kernels/wasmgen/linear';
import { packedBytes, packPanels } from '../../../src/engine/kernels/wasmgen/panels';
import { Arena, maxError, randomFloats, VARIANTS, variantName } from './harness';

/** a [n, k] times b [k, m], each read by an index function. */
function product(
  n: number,
  k: number,
  m: number,
  a: (i: number, j: number) => number,
  b: (i: number, j: number) => number,
) {
  return Float64Array.from({ length: n * m }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a(Math.floor(at / m), i) * b(i, at % m);
    return sum;
  });
}

function run(shape: LinearShape, variant: Variant, calls: number, poison?: number) {
  const { rows, inputs, outputs } = shape;
  const x = randomFloats(rows * inputs, 1);
  const w = randomFloats(inputs * outputs, 2);
  const bias = randomFloats(outputs, 3);
  const dy = randomFloats(rows * outputs, 4);
  if (poison !== undefined) {
    x[inputs] = poison;
    dy[outputs] = poison;
  }
  const arena = new Arena();
  const buffers = {
    x: arena.of('x', x),
    w: arena.of('w', w),
    bias: arena.of('bias', bias),
    dy: arena.of('dy', dy),
    y: arena.empty('y', rows * outputs),
    biased: arena.empty('biased', rows * outputs),
    dx: arena.empty('dx', rows * inputs),
    dw: arena.empty('dw', inputs * outputs),
    dBias: arena.empty('dBias', outputs),
  };
  const panelsFor = (packing: ReturnType<typeof linearForwardPacking>) => {
    const panels = arena.empty('panels', packedBytes(packing) / 4);
    arena.run(packPanels([packing]), { weights: buffers.w, panels }, calls);
    return panels;
  };
  const panels = panelsFor(linearForwardPacking(shape));
  const turned = panelsFor(linearInputGradientPacking(shape));
  const { x: xs, dy: dys, y, biased, dx, dw, dBias } = buffers;
  arena.run(linearForward(shape, { bias: false }, variant), { x: xs, panels, bias: buffers.bias, y }, calls);
  arena.run(linearForward(shape, { bias: true }, variant), { x: xs, panels, bias: buffers.bias, y: biased }, calls);
  arena.run(linearInputGradient(shape, variant), { x: dys, panels: turned, bias: buffers.bias, y: dx }, calls);
  arena.run(linearWeightGradient(shape, variant), { x: xs, dy: dys, dw }, calls);
  arena.run(columnSums(rows, outputs), { dy: dys, sums: dBias }, calls);
  const exact = product(
    rows,
    inputs,
    outputs,
    (i, j) => x[i * inputs + j]!,
    (i, j) => w[i * outputs + j]!,
  );
  return {
    actual: {
      y: arena.floats(y),
      biased: arena.floats(biased),
      dx: arena.floats(dx),
      dw: arena.floats(dw),
      dBias: arena.floats(dBias),
    },
    expected: {
      y: exact,
      biased: exact.map((v, i) => v + bias[i % outputs]!),
      dx: product(
        rows,
        outputs,
        inputs,
        (i, j) => dy[i * outputs + j]!,
        (i, j) => w[j * outputs + i]!,
      ),
      dw: product(
        inputs,
        rows,
        outputs,
        (i, j) => x[j * inputs + i]!,
        (i, j) => dy[i * outputs + j]!,
      ),
      dBias: product(
        1,
        rows,
        outputs,
        () => 1,
        (i, j) => dy[i * outputs + j]!,
      ),
    },
  };
}

function check(shape: LinearShape, variant: Variant, poison?: number): void {
  const { actual, expected } = run(shape, variant, 1, poison);
  for (const [name, values] of Object.entries(expected)) {
    expect(maxError(actual[name as keyof typeof actual], values), name).toBeLessThan(3e-6);
  }
}

describe.each(VARIANTS.map((v) => [variantName(v), v] as const))('linear layers, %s', (_, variant) => {
  it.each([
    [1, 1, 1],
    [7, 3, 5],
    [2, 5, 100],
    [64, 64, 256],
    [64, 100, 24],
    [3, 33, 17],
    [150, 8, 3],
    [512, 20, 16],
  ])('of %i rows, %i to %i, are the reference', (rows, inputs, outputs) => {
    check({ rows, inputs, outputs }, variant);
  });

  it('give the same bits however the work is split', () => {
    const shape = { rows: 30, inputs: 70, outputs: 90 };
    const whole = run(shape, variant, 1).actual;
    for (const calls of [2, 3]) expect(run(shape, variant, calls).actual).toEqual(whole);
  });

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])('pass %s on as IEEE 754 says', (odd) => {
    check({ rows: 5, inputs: 9, outputs: 6 }, variant, odd);
  });
});
