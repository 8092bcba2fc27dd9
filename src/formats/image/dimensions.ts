/** Size of an image in pixels according to its header, before any rotation. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** For a header that says nothing of the size, or that only a decoder understands: the decoder then judges the file. */
export const UNKNOWN_SIZE: Dimensions = { width: 0, height: 0 };

/** A decoded image: RGBA bytes, row-major, alpha not multiplied into the colours. */
export interface Rgba extends Dimensions {
  readonly rgba: Uint8Array;
}

/** Whether the bytes from offset `at` on are `text`, one byte per character. */
export function spells(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** A view of the same bytes that reads numbers; reading past the end throws a RangeError. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
