/** The offset basis of FNV-1a, as two words. */
const [BASIS_HIGH, BASIS_LOW] = [0xcbf29ce4, 0x84222325];
/** Its prime is 2^40 plus this. */
const PRIME_LOW = 0x1b3;

const WORD = 2 ** 32;
const word = (value: number) => (value >>> 0).toString(16).padStart(8, '0');

/**
 * 64-bit FNV-1a over names and sizes, as 16 hexadecimal digits, to recognise the folder that a link was made with. It does not cover
 * the content of the files. Unlike `crypto.subtle`, it also works on pages that are not served over https.
 */
export function fingerprint(files: readonly { readonly path: string; readonly size: number }[]): string {
  const encoder = new TextEncoder();
  // One array for all files, and numbers in place of BigInts: each byte would leave three of those to the garbage collector.
  let bytes = new Uint8Array(1024);
  let [high, low] = [BASIS_HIGH, BASIS_LOW];
  for (const { path, size } of files) {
    const text = `${path}\0${size}\n`;
    if (3 * text.length > bytes.length) bytes = new Uint8Array(6 * text.length);
    const { written } = encoder.encodeInto(text, bytes);
    for (let i = 0; i < written; i++) {
      low = (low ^ bytes[i]) >>> 0;
      const product = low * PRIME_LOW;
      // The low word times 2^40 is added to the high word.
      high = (high * PRIME_LOW + Math.floor(product / WORD) + ((low << 8) >>> 0)) >>> 0;
      low = product >>> 0;
    }
  }
  return word(high) + word(low);
}
