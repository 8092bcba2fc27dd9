import { type FunctionBuilder, f32x4, i32, type Local, type Statement, type Value, v128 } from './assembler';
import type { Variant } from './kernel';

/** Floats are worked on in vectors of four lanes; the last vector of a row of channels may hold fewer. */

export const FLOAT = 4;
export const LANES = 4 as const;
/** Bytes of a vector. */
export const VECTOR = LANES * FLOAT;

export const roundUp = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/** Lanes of the last of the vectors that hold `n` floats: 1 to 4. */
export const lastLanes = (n: number): number => ((n - 1) % LANES) + 1;

/** The first `lanes` floats at a pointer, and zeros; nothing beyond them is read. */
export function loadLanes(pointer: Value<'i32'>, lanes: number, offset = 0): Value<'v128'> {
  if (lanes === 1) return v128.load32Zero(pointer, offset);
  if (lanes === 2) return v128.load64Zero(pointer, offset);
  if (lanes === 3) return v128.load32Lane(pointer, v128.load64Zero(pointer, offset), 2, offset + 2 * FLOAT);
  return v128.load(pointer, offset);
}

/** Writes the first `lanes` floats of a vector, and nothing beyond them. */
export function storeLanes(pointer: Value<'i32'>, value: Value<'v128'>, lanes: number, offset = 0): Statement[] {
  if (lanes === 1) return [v128.store32Lane(pointer, value, 0, offset)];
  if (lanes === 2) return [v128.store64Lane(pointer, value, 0, offset)];
  if (lanes === 3)
    return [v128.store64Lane(pointer, value, 0, offset), v128.store32Lane(pointer, value, 2, offset + 2 * FLOAT)];
  return [v128.store(pointer, value, offset)];
}

/** a b + c. */
export function multiplyAdd({ fma }: Variant, a: Value<'v128'>, b: Value<'v128'>, c: Value<'v128'>): Value<'v128'> {
  return fma ? f32x4.fma(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Several adjacent vectors: some of the channels of a row. */
export interface Group {
  readonly vectors: number;
  /** Lanes of the last vector. */
  readonly lanes: number;
}

/** Vectors of a full group: the width of a panel of weights. */
export const GROUP_VECTORS = 4;
export const GROUP = GROUP_VECTORS * LANES;

/** How `channels` are cut into full groups of 16 and a rest. */
export function groupsOf(channels: number): {
  readonly full: number;
  readonly rest: Group | null;
  readonly count: number;
} {
  const full = Math.floor(channels / GROUP);
  const left = channels - full * GROUP;
  const rest = left === 0 ? null : { vectors: Math.ceil(left / LANES), lanes: lastLanes(left) };
  return { full, rest, count: full + (rest === null ? 0 : 1) };
}

/**
 * Runs the body for each group of channels from the `from`-th to the one before `to`; `index` is the group's number. The rest is narrower
 * and has separate code.
 */
export function eachGroup(
  f: FunctionBuilder,
  channels: number,
  [from, to]: readonly [Local<'i32'>, Local<'i32'>] | readonly [0, 'all'],
  body: (group: Group, index: Value<'i32'>) => void,
): void {
  const { full, rest } = groupsOf(channels);
  const whole: Group = { vectors: GROUP_VECTORS, lanes: LANES };
  if (to === 'all') {
    f.times(full, (index) => body(whole, index));
    if (rest !== null) body(rest, i32.const(full));
    return;
  }
  if (full > 0) f.each(from, i32.min(to, i32.const(full)), 1, (index) => body(whole, index));
  if (rest !== null) {
    f.if(i32.and(i32.ltU(from, full + 1), i32.ltU(full, to)), () => body(rest, i32.const(full)));
  }
}

/** `base + index * bytes`. */
export function at(base: Value<'i32'>, index: Value<'i32'> | number, bytes: number): Value<'i32'> {
  return typeof index === 'number' ? i32.add(base, index * bytes) : i32.add(base, i32.mul(index, bytes));
}
