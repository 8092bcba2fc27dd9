import { describe, expect, it } from 'vitest';
import { FreeList } from '../../../src/engine/kernels/runtime/wasm/freeList';
import { Arena, alignedBytes, Heap } from '../../../src/engine/kernels/runtime/wasm/pools';
import { seededRandom } from '../../../src/engine/random';

describe('a list of free ranges', () => {
  it('takes the smallest that is large enough, and joins neighbours given back', () => {
    const list = new FreeList();
    list.give(0, 100);
    list.give(200, 50);
    expect(list.take(40)).toBe(200);
    expect(list.take(60)).toBe(0);
    expect(list.take(60)).toBeNull();
    list.give(0, 60);
    list.give(200, 40);
    list.give(100, 100);
    expect(list.take(250)).toBe(0);
    expect(list.take(1)).toBeNull();
  });
});

describe('memory handed out', () => {
  it('never overlaps, whatever the order, and all of it comes back', () => {
    const heap = new Heap({ isShared: false });
    const random = seededRandom(1, 'pools');
    const held: { offset: number; bytes: number }[] = [];
    for (let n = 0; n < 2000; n++) {
      if (held.length > 0 && random.uniform(0, 1) < 0.5) {
        const [{ offset, bytes }] = held.splice(Math.floor(random.uniform(0, held.length)), 1) as typeof held;
        heap.give(offset, bytes);
        continue;
      }
      const bytes = Math.floor(random.uniform(0, 1) ** 4 * 300_000);
      const offset = heap.take(bytes);
      expect(offset % 64).toBe(0);
      expect(offset).toBeGreaterThan(0);
      for (const other of held) {
        const apart =
          offset + alignedBytes(bytes) <= other.offset || other.offset + alignedBytes(other.bytes) <= offset;
        expect(apart).toBe(true);
      }
      held.push({ offset, bytes });
    }
    for (const { offset, bytes } of held) heap.give(offset, bytes);
    expect(heap.usedBytes).toBe(0);
    // In one piece again: as much as there is fits without growing.
    const all = heap.memory.buffer.byteLength;
    heap.take(all - 64);
    expect(heap.memory.buffer.byteLength).toBe(all);
  });

  it('says what to do when there is no more', () => {
    expect(() => new Heap({ isShared: false }).take(2 ** 33)).toThrow(/out of memory.*smaller batch/);
  });
});

describe('an arena', () => {
  it('uses what was given back again, but never what the host filled, and gives all back at its end', () => {
    const heap = new Heap({ isShared: false });
    const arena = new Arena(heap);
    const first = arena.take(1000);
    const constant = arena.constants.take(1000);
    arena.give(first, 1000);
    expect(arena.take(1000)).toBe(first);
    arena.constants.give(constant, 1000);
    expect(arena.take(1000)).not.toBe(constant);
    expect(arena.bytes).toBe(3 * alignedBytes(1000));
    expect(heap.usedBytes).toBe(arena.bytes);
    arena.dispose();
    arena.give(first, 1000);
    expect(heap.usedBytes).toBe(0);
  });
});
