import { type Commands, type WasmBackend, wasmBackend } from '../../kernels/runtime/wasm/backend';
import type { Recording, Results } from './recording';

/** Recordings on our backend for the processor: calls of kernels, and the memory they work in. */
export class WasmRecording<T extends Results> implements Recording<T> {
  readonly results: T;
  readonly #backend: WasmBackend = wasmBackend();
  readonly #commands: Commands;

  /** See `record`. */
  constructor(body: () => T) {
    const { value, commands } = this.#backend.record(body);
    this.results = value;
    this.#commands = commands;
  }

  get commands(): number {
    return this.#commands.list.length;
  }

  get bytes(): number {
    return this.#commands.arena.bytes;
  }

  replay(): void {
    this.#backend.replay(this.#commands);
  }

  async read(name: keyof T): Promise<Float32Array> {
    return Float32Array.from(this.#backend.view(this.results[name]));
  }

  dispose(): void {
    for (const tensor of Object.values(this.results)) tensor.dispose();
    this.#commands.arena.dispose();
  }
}
