/** The engine that runs, and what it runs on. */
export interface EngineInfo {
  readonly engine: 'webgpu' | 'webgl' | 'wasm';
  readonly description: string;
  /** Whether the processor computes, be it as WASM or as a stand-in for a GPU. */
  readonly isSoftware: boolean;
  /** Optional WebGPU features the device was made with. */
  readonly features: readonly string[];
  /** Threads of the processor that WASM computes on; 0 on the other engines, which do not tell. */
  readonly threads: number;
  /** Why a better engine was not taken, in words; null when none was passed over. */
  readonly fallbackReason: string | null;
}

/** No engine can run on this machine; the message says what was tried and what to do. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError';
}
