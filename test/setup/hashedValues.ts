/** Values that follow from a name and a place, as `scripts/golden/resnets.py` computes them too. */

/** The finaliser of MurmurHash3. */
function scramble(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** For each place a number of 32 bits. */
function hashes(name: string): (place: number) => number {
  let seed = 2166136261;
  for (let i = 0; i < name.length; i++) seed = Math.imul(seed ^ name.charCodeAt(i), 16777619);
  const start = scramble(seed);
  return (place) => scramble((Math.imul(place, 0x9e3779b1) + start) | 0);
}

/** Values within `bound` of `high` or `low`, either with the same probability. */
export type Range = readonly [high: number, low: number, bound: number];

/** `count` values of a name. */
export function drawn(name: string, count: number, [high, low, bound]: Range): Float32Array {
  const hash = hashes(name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const h = hash(i);
    values[i] = ((h & 1) === 1 ? high : low) + bound * ((h >>> 8) / 2 ** 23 - 1);
  }
  return values;
}

/** Numbers that together pin the values of a tensor. */
export interface Pins {
  readonly norm: number;
  /** On vectors of -1 and 1 that are drawn by the tensor's name. */
  readonly projections: readonly number[];
  /** The first values. */
  readonly first: readonly number[];
}

/** The pins of values, with as many projections and first values as `like` has. */
export function pinsOf(name: string, values: Float32Array, like: Pins): Pins {
  const hash = hashes(`${name}.projections`);
  const count = like.projections.length;
  const sums = new Float64Array(count);
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const h = hash(i);
    const value = values[i]!;
    squares += value * value;
    for (let k = 0; k < count; k++) sums[k]! += (((h >>> k) & 1) * 2 - 1) * value;
  }
  return { norm: Math.sqrt(squares), projections: [...sums], first: [...values.subarray(0, like.first.length)] };
}

/**
 * How far apart two tensors are, as a share of the norm of the expected one. An error of norm e adds about e to each projection, whatever
 * entries it is in, so the largest of eight is unlikely to be much smaller.
 */
export function pinnedError(actual: Pins, expected: Pins): number {
  const numbers = ({ norm, projections, first }: Pins) => [norm, ...projections, ...first];
  const wanted = numbers(expected);
  const apart = numbers(actual).map((value, i) => Math.abs(value - wanted[i]!));
  // Math.max gives NaN where a difference is NaN, which no comparison with a tolerance holds for.
  return Math.max(...apart) / expected.norm;
}
