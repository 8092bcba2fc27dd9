/** A port whose other end is closed: what is transferred to it is freed. */
const { port1: nowhere, port2 } = new MessageChannel();
port2.close();

/**
 * Frees arrays that are not needed any more at once; they are empty then. Otherwise the garbage collector lets tens of megabytes of short-lived
 * pixels gather in each worker.
 * @param arrays each owns its buffer
 */
export function freeMemory(arrays: readonly (Uint8Array | Uint8ClampedArray | Int16Array)[]): void {
  const buffers = arrays.filter(({ length }) => length > 0).map(({ buffer }) => buffer as ArrayBuffer);
  if (buffers.length > 0) nowhere.postMessage(null, buffers);
}
