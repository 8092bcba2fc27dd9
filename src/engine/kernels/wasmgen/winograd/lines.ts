import { type FunctionBuilder, f32x4, type Local, type Value } from '../assembler';
import type { Variant } from '../kernel';
import { multiplyAdd } from '../lanes';

/**
 * The one-dimensional transforms of Winograd's F(m, 3), the matrices of Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks"
 * (2016), Sec. 4, with few operations: outputs y = A^T [(G w) . (B^T x)], gradient of the weights dw = G^T [(B^T x) . (A dy)].
 */

/** Outputs of a tile in one direction; m + 2 numbers go in. */
export type TileSize = 2 | 4;

/** Sums of multiples of vectors. */
class Terms {
  private readonly f: FunctionBuilder;
  private readonly variant: Variant;

  constructor(f: FunctionBuilder, variant: Variant) {
    this.f = f;
    this.variant = variant;
  }

  /** a + k b, in a variable, since it is used more than once. */
  sum(a: Value<'v128'>, k: number, b: Value<'v128'>): Local<'v128'> {
    if (k === 1) return this.f.let(f32x4.add(a, b));
    if (k === -1) return this.f.let(f32x4.sub(a, b));
    return this.f.let(multiplyAdd(this.variant, b, this.f.splat(k), a));
  }

  /** k a. */
  times(k: number, a: Value<'v128'>): Local<'v128'> {
    return this.f.let(f32x4.mul(a, this.f.splat(k)));
  }

  negative(a: Value<'v128'>): Local<'v128'> {
    return this.f.let(f32x4.neg(a));
  }
}

type Vectors = readonly Local<'v128'>[];

/** A transform of a row or column, from `inputs` to `outputs` vectors. */
export interface Line {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  write(f: FunctionBuilder, variant: Variant, given: Vectors): Vectors;
}

type Six = readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
type Four = readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
type Three = readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>];
type Two = readonly [Local<'v128'>, Local<'v128'>];

function line<Given extends Vectors>(
  name: string,
  inputs: Given['length'],
  outputs: number,
  write: (t: Terms, given: Given) => Vectors,
): Line {
  return {
    name,
    inputs,
    outputs,
    write: (f, variant, given) => write(new Terms(f, variant), given as Given),
  };
}

/** B^T x. */
export const INPUT: Record<TileSize, Line> = {
  2: line<Four>('input2', 4, 4, (t, [a, b, c, d]) => [
    t.sum(a, -1, c),
    t.sum(b, 1, c),
    t.sum(c, -1, b),
    t.sum(b, -1, d),
  ]),
  4: line<Six>('input4', 6, 6, (t, [x0, x1, x2, x3, x4, x5]) => {
    const [even4, odd4] = [t.sum(x4, -4, x2), t.sum(x3, -4, x1)];
    const [even1, odd1] = [t.sum(x4, -1, x2), t.sum(x3, -1, x1)];
    return [
      t.sum(t.sum(even1, 4, x0), -4, x2),
      t.sum(even4, 1, odd4),
      t.sum(even4, -1, odd4),
      t.sum(even1, 2, odd1),
      t.sum(even1, -2, odd1),
      t.sum(t.sum(x5, -4, odd1), -1, x3),
    ];
  }),
};

/** A^T of the products. */
export const OUTPUT: Record<TileSize, Line> = {
  2: line<Four>('output2', 4, 2, (t, [a, b, c, d]) => [t.sum(t.sum(a, 1, b), 1, c), t.sum(t.sum(b, -1, c), -1, d)]),
  4: line<Six>('output4', 6, 4, (t, [p0, p1, p2, p3, p4, p5]) => {
    const [sum1, difference1] = [t.sum(p1, 1, p2), t.sum(p1, -1, p2)];
    const [sum2, difference2] = [t.sum(p3, 1, p4), t.sum(p3, -1, p4)];
    return [
      t.sum(t.sum(p0, 1, sum1), 1, sum2),
      t.sum(difference1, 2, difference2),
      t.sum(sum1, 4, sum2),
      t.sum(t.sum(difference1, 8, difference2), 1, p5),
    ];
  }),
};

/** A dy. */
export const OUTPUT_ADJOINT: Record<TileSize, Line> = {
  2: line<Two>('outputAdjoint2', 2, 4, (t, [a, b]) => [a, t.sum(a, 1, b), t.sum(a, -1, b), t.negative(b)]),
  4: line<Four>('outputAdjoint4', 4, 6, (t, [y0, y1, y2, y3]) => {
    const [even1, odd1] = [t.sum(y0, 1, y2), t.sum(y1, 1, y3)];
    const [even4, odd4] = [t.sum(y0, 4, y2), t.sum(y1, 4, y3)];
    return [y0, t.sum(even1, 1, odd1), t.sum(even1, -1, odd1), t.sum(even4, 2, odd4), t.sum(even4, -2, odd4), y3];
  }),
};

/** G w. */
export const WEIGHTS: Record<TileSize, Line> = {
  2: line<Three>('weights2', 3, 4, (t, [a, b, c]) => {
    const half = t.times(0.5, t.sum(a, 1, c));
    return [a, t.sum(half, 0.5, b), t.sum(half, -0.5, b), c];
  }),
  4: line<Three>('weights4', 3, 6, (t, [a, b, c]) => {
    const sixth = t.times(-1 / 6, t.sum(a, 1, c));
    const far = t.sum(t.times(1 / 24, a), 1 / 6, c);
    return [
      t.times(1 / 4, a),
      t.sum(sixth, -1 / 6, b),
      t.sum(sixth, 1 / 6, b),
      t.sum(far, 1 / 12, b),
      t.sum(far, -1 / 12, b),
      c,
    ];
  }),
};

/** G^T of the products. */
export const WEIGHTS_ADJOINT: Record<TileSize, Line> = {
  2: line<Four>('weightsAdjoint2', 4, 3, (t, [a, b, c, d]) => {
    const half = t.times(0.5, t.sum(b, 1, c));
    return [t.sum(a, 1, half), t.times(0.5, t.sum(b, -1, c)), t.sum(half, 1, d)];
  }),
  4: line<Six>('weightsAdjoint4', 6, 3, (t, [p0, p1, p2, p3, p4, p5]) => {
    const [sum1, difference1] = [t.sum(p1, 1, p2), t.sum(p2, -1, p1)];
    const [sum2, difference2] = [t.sum(p3, 1, p4), t.sum(p3, -1, p4)];
    return [
      t.sum(t.sum(t.times(1 / 4, p0), -1 / 6, sum1), 1 / 24, sum2),
      t.sum(t.times(1 / 6, difference1), 1 / 12, difference2),
      t.sum(p5, 1 / 6, t.sum(sum2, -1, sum1)),
    ];
  }),
};
