import type { Plugin } from 'vite';

const MODULE = /tfjs-backend-wasm[\\/]wasm-out[\\/]tfjs-backend-wasm-threaded-simd\.js/;
const START = 'function(WasmBackendModuleThreadedSimd) {';

/**
 * tfjs hands its WebAssembly threads the source text of a function of this module, which refers to a variable outside it. Unminified it asks
 * first whether there is one; a minifier takes that question away and renames the variable, and no thread starts. With a variable of
 * its own, which stays undefined as it would there, the function can be taken out of the bundle.
 */
export function wasmThreads(): Plugin {
  return {
    name: 'wasm-threads',
    transform(code, id) {
      if (!MODULE.test(id)) return null;
      if (!code.includes(START))
        this.error(`${id}: looks different from what scripts/vite/wasmThreads.ts was written for`);
      return { code: code.replace(START, `${START} var _scriptDir;`), map: null };
    },
  };
}
