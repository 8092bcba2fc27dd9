/** Size of an image in pixels as its header gives it, before any rotation. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Whether the bytes at `at` spell an ASCII text. */
export function spells(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
