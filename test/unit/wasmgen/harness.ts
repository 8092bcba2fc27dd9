import v8 from 'node:v8';
import { compileKernels, type Kernel, type RunKernel, type Variant } from '../../../src/engine/kernels/wasmgen/kernel';
import { hasRelaxedSimd } from '../../../src/engine/kernels/wasmgen/support';
import { seededRandom } from '../../../src/engine/random';

// Node 20 has relaxed SIMD behind a flag; newer ones ignore it. Where it is missing all the same, only multiply and add are tested.
v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

/** Both variants, or the one that can be compiled here. */
export const VARIANTS: readonly Variant[] = hasRelaxedSimd() ? [{ fma: false }, { fma: true }] : [{ fma: false }];
export const variantName = ({ fma }: Variant): string => (fma ? 'fused multiply-add' : 'multiply and add');

/** A NaN with a payload of its own, which a kernel does not produce. */
const POISON = 0x7fc0dead;
const GUARD_WORDS = 16;

export interface Buffer {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** A memory whose buffers lie between guard zones of NaN, and so does the scratch: what reads beyond a buffer finds NaN. */
export class Arena {
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private readonly buffers: Buffer[] = [];
  private readonly compiled = new Map<string, RunKernel>();
  private end = 4 * GUARD_WORDS;

  constructor() {
    this.poison(0, this.memory.buffer.byteLength);
  }

  private poison(from: number, to: number): void {
    new Uint32Array(this.memory.buffer).fill(POISON, from / 4, to / 4);
  }

  private reserve(name: string, words: number): Buffer {
    const buffer = { name, offset: this.end, length: words };
    this.end += 4 * (words + GUARD_WORDS);
    const missing = this.end - this.memory.buffer.byteLength;
    if (missing > 0) {
      const before = this.memory.buffer.byteLength;
      this.memory.grow(Math.ceil(missing / 65536));
      this.poison(before, this.memory.buffer.byteLength);
    }
    this.buffers.push(buffer);
    return buffer;
  }

  /** A buffer with these numbers. */
  of(name: string, numbers: ArrayLike<number>): Buffer {
    const buffer = this.reserve(name, numbers.length);
    this.floats(buffer).set(numbers);
    return buffer;
  }

  /** A buffer of whole numbers. */
  ofInts(name: string, numbers: ArrayLike<number>): Buffer {
    const buffer = this.reserve(name, numbers.length);
    new Int32Array(this.memory.buffer, buffer.offset, buffer.length).set(numbers);
    return buffer;
  }

  /** A buffer that a kernel has yet to fill: NaN throughout. */
  empty(name: string, length: number): Buffer {
    return this.reserve(name, length);
  }

  floats({ offset, length }: Buffer): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  /** Does all units, in as many calls as said, the last first, each with a fresh scratch; then the guards must be whole. */
  run<Name extends string>(kernel: Kernel<Name>, given: Readonly<Record<Name, Buffer>>, calls = 1): void {
    const offsets = kernel.buffers.map((name) => given[name].offset);
    const scratch = this.reserve('scratch', Math.ceil(kernel.scratchBytes / 4));
    let run = this.compiled.get(kernel.name);
    if (run === undefined) {
      run = compileKernels([kernel], this.memory);
      this.compiled.set(kernel.name, run);
    }
    const perCall = Math.ceil(kernel.units / calls);
    for (let call = calls - 1; call >= 0; call--) {
      this.poison(scratch.offset, scratch.offset + 4 * scratch.length);
      run(
        kernel,
        offsets,
        scratch.offset,
        Math.min(call * perCall, kernel.units),
        Math.min((call + 1) * perCall, kernel.units),
      );
    }
    this.checkGuards(kernel.name);
  }

  private checkGuards(kernel: string): void {
    const words = new Uint32Array(this.memory.buffer);
    for (const { name, offset, length } of this.buffers) {
      const [first, behind] = [offset / 4, offset / 4 + length];
      for (let i = 1; i <= GUARD_WORDS; i++) {
        if (words[first - i] !== POISON) throw new Error(`${kernel} wrote ${i} words in front of ${name}`);
        if (words[behind + i - 1] !== POISON) throw new Error(`${kernel} wrote ${i} words behind ${name}`);
      }
    }
  }
}

/** Numbers in [-1, 1) from a seed. */
export function randomFloats(length: number, seed: number): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed, 'wasmgen');
  return Float32Array.from({ length }, () => random.uniform(-1, 1));
}

/** The largest difference over the largest value of the reference; NaN where a NaN or infinity is not where the reference has it. */
export function maxError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    if (Object.is(a, e)) continue;
    if (!Number.isFinite(a) || !Number.isFinite(e)) return Number.NaN;
    difference = Math.max(difference, Math.abs(a - e));
    largest = Math.max(largest, Math.abs(e));
  }
  return difference === 0 ? 0 : difference / Math.max(largest, 1e-30);
}
