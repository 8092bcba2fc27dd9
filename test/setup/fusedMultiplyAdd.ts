import v8 from 'node:v8';
import { expect } from 'vitest';
import { hasRelaxedSimd } from '../../src/engine/kernels/wasmgen/support';

/**
 * Imported first, it has the engine `wasm` of a test file use fused multiply-adds, which Node 20 has behind a flag and newer versions without
 * one.
 */
v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
expect(hasRelaxedSimd()).toBe(true);
