import { f32x4, ModuleBuilder, type Value, v128 } from './assembler';
import { webAssembly } from './webAssembly';

type Probe = (x: Value<'v128'>) => Value<'v128'>;

const known = new Map<Probe, boolean>();

/** Whether a module with this operation can be compiled here; false where there is no WebAssembly. */
function canCompile(probe: Probe): boolean {
  let possible = known.get(probe);
  if (possible === undefined) {
    const module = new ModuleBuilder();
    module.function('probe', ['at'], (f, { at }) => f.emit(v128.store(at, probe(f.let(v128.load(at))))));
    possible = typeof webAssembly === 'object' && webAssembly.validate(module.bytes(false));
    known.set(probe, possible);
  }
  return possible;
}

const addition: Probe = (x) => f32x4.add(x, x);
const fusedMultiplyAdd: Probe = (x) => f32x4.fma(x, x, x);

/** Whether vectors of four floats can be computed with here. */
export function hasSimd(): boolean {
  return canCompile(addition);
}

/** Whether fused multiply-adds (relaxed SIMD) can be compiled here. */
export function hasRelaxedSimd(): boolean {
  return canCompile(fusedMultiplyAdd);
}

/**
 * Whether a memory that threads share can be created. This is checked by creating one, since the constructor may be missing even where the
 * page is cross-origin isolated.
 */
export function hasSharedMemory(): boolean {
  try {
    const { buffer } = new webAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}
