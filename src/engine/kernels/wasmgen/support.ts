import { f32x4, ModuleBuilder, v128 } from './assembler';
import { webAssembly } from './webAssembly';

let relaxedSimd: boolean | undefined;

/** Whether fused multiply-adds (relaxed SIMD) can be compiled here. */
export function hasRelaxedSimd(): boolean {
  if (relaxedSimd === undefined) {
    const module = new ModuleBuilder();
    module.function('probe', ['at'], (f, { at }) => {
      const x = v128.load(at);
      f.emit(v128.store(at, f32x4.fma(x, x, x)));
    });
    relaxedSimd = webAssembly.validate(module.bytes(false));
  }
  return relaxedSimd;
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
