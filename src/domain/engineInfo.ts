/** The running engine and its adapter. */
export interface EngineInfo {
  readonly engine: 'webgpu' | 'webgl' | 'wasm';
  /** Vendor, architecture or driver, as far as the browser reports them. */
  readonly description: string;
  /** Whether it computes on the processor, by WASM or a software WebGPU adapter, some hundred times slower than a GPU. */
  readonly isSoftware: boolean;
  /** Optional features in use: those of the WebGPU device, or the instructions that decide the last bits of WASM's results. */
  readonly features: readonly string[];
  /** Number of WASM threads; 0 for the other engines. */
  readonly threads: number;
  /** Why WASM has one thread although several would be faster on most machines; null otherwise. */
  readonly oneThreadReason: string | null;
  /** Why a faster engine was not used; null if this is the fastest. */
  readonly fallbackReason: string | null;
}
