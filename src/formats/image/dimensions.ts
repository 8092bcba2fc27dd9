/** Size of an image in pixels according to its header, before any rotation. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Whether the bytes from offset `at` on are `text`, one byte per character. */
export function spells(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
