import type { Plugin } from 'vite';

const MODULE = /tfjs-backend-wasm[\\/]wasm-out[\\/]tfjs-backend-wasm-threaded-simd\.js/;
const START = 'function(WasmBackendModuleThreadedSimd) {';

/**
 * tfjs starts its WebAssembly threads with the source text of a function of this module, which refers to a variable outside it. Unminified,
 * the function first checks whether the variable exists; a minifier removes the check and renames the variable, so that no thread starts.
 * With a local variable, which is undefined in the threads as before, the source text also works after minification.
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
