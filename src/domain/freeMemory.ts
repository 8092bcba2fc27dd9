/** The part of a `MessagePort` that is used, declared here because the engine compiles without the DOM types. */
interface Port {
  close(): void;
  postMessage(message: null, transfer: readonly ArrayBuffer[]): void;
}
const { MessageChannel } = globalThis as unknown as { MessageChannel: new () => Record<'port1' | 'port2', Port> };

/** A port whose other end is closed: what is transferred to it is freed. */
const { port1: nowhere, port2 } = new MessageChannel();
port2.close();

/**
 * Frees arrays that are not needed any more at once; they are empty then. Otherwise the garbage collector lets tens of megabytes of short-lived
 * pixels gather in each worker.
 * @param arrays each owns its buffer
 */
export function freeMemory(arrays: readonly (Uint8Array | Uint8ClampedArray | Int16Array | Int32Array)[]): void {
  const buffers = arrays.filter(({ length }) => length > 0).map(({ buffer }) => buffer as ArrayBuffer);
  if (buffers.length > 0) nowhere.postMessage(null, buffers);
}
