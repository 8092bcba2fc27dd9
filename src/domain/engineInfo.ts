/** The engine that runs, and what it runs on. */
export interface EngineInfo {
  readonly engine: 'webgpu' | 'webgl' | 'wasm';
  /** Vendor, architecture or driver name as far as the browser tells. */
  readonly description: string;
  /** Whether the processor computes, as WASM or as a software WebGPU adapter: some hundred times slower than a GPU. */
  readonly isSoftware: boolean;
  /** What of the optional is used: features of the WebGPU device, or what decides the last bits of WASM's results. */
  readonly features: readonly string[];
  /** Threads of the processor that WASM computes on; 0 on the other engines. */
  readonly threads: number;
  /** Why a better engine was not taken, in words; null when this is the best there is. */
  readonly fallbackReason: string | null;
}
