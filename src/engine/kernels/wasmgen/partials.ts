import { f32x4, i32, type Value } from './assembler';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT, LANES, lastLanes, loadLanes, storeLanes, VECTOR } from './lanes';

/**
 * Sums over images are taken by blocks of a fixed number of images, which threads can share, and the blocks are added in order: the result
 * does not depend on which thread computed which block.
 */
export interface Blocks {
  readonly count: number;
  /** Items of a block; the last may have fewer. */
  readonly size: number;
}

const MOST_BLOCKS = 16;
/** Bytes that the partial sums of all blocks may take, if two blocks take less. */
const MOST_BYTES = 16 * 2 ** 20;

/**
 * How `items` are cut for sums of `floats` numbers each; blocks have at least `least` items, since smaller ones cost more than they save.
 */
export function blocksOf(items: number, floats: number, least = 1): Blocks {
  const byMemory = Math.max(2, Math.floor(MOST_BYTES / (floats * FLOAT)));
  const size = Math.min(items, Math.max(least, Math.ceil(items / Math.min(MOST_BLOCKS, byMemory))));
  return { size, count: Math.ceil(items / size) };
}

/** Vectors of a unit of `sumPartials`. */
const UNIT_VECTORS = 256;

/** `(partials, sum)`: sum [floats] of partials [count, floats], added in order. A unit is 1,024 of the sums. */
export function sumPartials(count: number, floats: number): Kernel<'partials' | 'sum'> {
  const vectors = Math.ceil(floats / LANES);
  const bytes = floats * FLOAT;
  return defineKernel({
    name: `sumPartials-${count}x${floats}`,
    buffers: ['partials', 'sum'],
    units: Math.ceil(vectors / UNIT_VECTORS),
    write(f, { partials, sum, from, to }) {
      const whole = Math.floor(floats / LANES);
      const add = (place: Value<'i32'>, lanes: number) => {
        const source = f.let(i32.add(partials, place));
        const total = f.let(loadLanes(source, lanes));
        f.times(count - 1, () => {
          f.advance(source, bytes);
          f.set(total, f32x4.add(total, loadLanes(source, lanes)));
        });
        for (const store of storeLanes(i32.add(sum, place), total, lanes)) f.emit(store);
      };
      const end = f.let(i32.mul(i32.min(i32.mul(to, UNIT_VECTORS), i32.const(whole)), VECTOR));
      f.each(i32.mul(from, UNIT_VECTORS * VECTOR), end, VECTOR, (place) => add(place, LANES));
      if (whole < vectors) {
        const last = Math.ceil(vectors / UNIT_VECTORS);
        f.if(i32.eq(to, last), () => add(i32.const(whole * VECTOR), lastLanes(floats)));
      }
    },
  });
}

/** `[first item, behind the last]` of a block. */
export function blockRange(block: Value<'i32'>, { size }: Blocks, items: number) {
  const first = i32.mul(block, size);
  return { first, end: i32.min(at(i32.const(size), block, size), i32.const(items)) };
}
