const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((character, value) => [character, value]));

/** Bytes as base64url (RFC 4648, section 5) without padding: no character that a link has to escape. */
export function toBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    const characters = Math.min(4, bytes.length - at + 1);
    for (let i = 0; i < characters; i++) text += ALPHABET[(group >> (18 - 6 * i)) & 63];
  }
  return text;
}

/** The bytes of base64url without padding; null where the text is not of that form. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((3 * text.length) / 4));
  let [held, bits, at] = [0, 0, 0];
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === undefined) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return bytes;
}
