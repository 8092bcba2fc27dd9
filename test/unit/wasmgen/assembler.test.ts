import { describe, expect, it } from 'vitest';
import { f32, f32x4, i32, ModuleBuilder, memory, v128 } from '../../../src/engine/kernels/wasmgen/assembler';
import { compileKernels, defineKernel } from '../../../src/engine/kernels/wasmgen/kernel';
import { loadLanes, storeLanes } from '../../../src/engine/kernels/wasmgen/lanes';
import { hasRelaxedSimd, hasSharedMemory } from '../../../src/engine/kernels/wasmgen/support';

const newMemory = () => new WebAssembly.Memory({ initial: 1 });

describe('assembler', () => {
  it.each([0, 1, 63, 64, 127, 128, 8191, 8192, 2 ** 31 - 1, -1, -64, -65, -(2 ** 31)])('encodes the number %i', (n) => {
    const bytes = newMemory();
    const kernel = defineKernel({
      name: 'store',
      buffers: ['at'],
      units: 1,
      write: (f, { at }) => f.emit(i32.store(at, i32.const(n), 400)),
    });
    compileKernels([kernel], bytes)(kernel, [200], 0, 0, 1);
    expect(new DataView(bytes.buffer).getInt32(600, true)).toBe(n);
  });

  it('calls functions, branches and loops', () => {
    const bytes = newMemory();
    const kernel = defineKernel({
      name: 'sumOfOdd',
      buffers: ['at'],
      units: 10,
      write(f, { at, from, to }, module) {
        const add = module.function('add', ['target', 'n'], (g, { target, n }) =>
          g.emit(i32.store(target, i32.add(i32.load(target), n))),
        );
        f.each(from, to, 1, (index) =>
          f.if(
            i32.eq(i32.remU(index, 2), 1),
            () => f.call(add, at, index),
            () => f.emit(i32.store(at, i32.const(1), 4)),
          ),
        );
      },
    });
    const run = compileKernels([kernel], bytes);
    run(kernel, [16], 0, 0, 10);
    run(kernel, [16], 0, 5, 5);
    expect([...new Int32Array(bytes.buffer, 16, 2)]).toEqual([25, 1]);
  });

  it.each([1, 2, 3, 4])('loads and stores %i lanes and nothing beyond', (lanes) => {
    const bytes = newMemory();
    const floats = new Float32Array(bytes.buffer);
    floats.set([1, 2, 3, 4, 5], 0);
    floats.fill(-1, 8, 20);
    const kernel = defineKernel({
      name: 'lanes',
      buffers: ['from1', 'to1'],
      units: 1,
      write(f, { from1, to1 }) {
        const loaded = f.let(loadLanes(from1, lanes));
        f.emit(v128.store(to1, loaded));
        for (const store of storeLanes(to1, loaded, lanes, 32)) f.emit(store);
      },
    });
    compileKernels([kernel], bytes)(kernel, [0, 32], 0, 0, 1);
    const expected = [1, 2, 3, 4].map((n) => (n <= lanes ? n : 0));
    expect([...floats.subarray(8, 12)]).toEqual(expected);
    expect([...floats.subarray(16, 20)]).toEqual(expected.map((n) => (n === 0 ? -1 : n)));
  });

  it('copies and clears memory, selects and compares', () => {
    const bytes = newMemory();
    const floats = new Float32Array(bytes.buffer);
    floats.set([3, -5, 7, 9]);
    const kernel = defineKernel({
      name: 'several',
      buffers: ['at'],
      units: 1,
      write(f, { at }) {
        f.emit(memory.copy(i32.add(at, 16), at, 16));
        const x = f.let(v128.load(at));
        f.emit(v128.store(at, v128.select(x, f32x4.neg(x), f32x4.gt(x, f.splat(0))), 32));
        f.emit(f32.store(at, f32.max(f32x4.lane(x, 1), f32.const(-2)), 48));
        f.emit(memory.clear(at, 8));
      },
    });
    compileKernels([kernel], bytes)(kernel, [0], 0, 0, 1);
    expect([...floats.subarray(0, 13)]).toEqual([0, 0, 7, 9, 3, -5, 7, 9, 3, 5, 7, 9, -2]);
  });

  it('takes a name for one body', () => {
    const module = new ModuleBuilder();
    const first = module.function('a', [], () => undefined);
    expect(module.function('a', [], () => undefined)).toBe(first);
    expect(WebAssembly.validate(module.bytes(false))).toBe(true);
  });

  it('compiles against a memory that threads share', () => {
    expect(hasSharedMemory()).toBe(true);
    const bytes = new WebAssembly.Memory({ initial: 1, maximum: 10, shared: true });
    const kernel = defineKernel({
      name: 'one',
      buffers: ['at'],
      units: 1,
      write: (f, { at }) => f.emit(i32.store(at, i32.const(1))),
    });
    compileKernels([kernel], bytes, true)(kernel, [8], 0, 0, 1);
    expect(new Int32Array(bytes.buffer)[2]).toBe(1);
  });

  it('says whether multiply-adds can be fused', () => {
    expect(typeof hasRelaxedSimd()).toBe('boolean');
  });
});
