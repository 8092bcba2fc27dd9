import v8 from 'node:v8';

/** Makes fused multiply-adds available: Node 20 has relaxed SIMD behind a flag, newer versions ignore it. Call it before an engine is started. */
export function allowRelaxedSimd(): void {
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
}
