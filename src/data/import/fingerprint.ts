const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * 64-bit FNV-1a over names and sizes, as 16 hexadecimal digits, to recognise the folder that a link was made with. It does not cover
 * the content of the files. Unlike `crypto.subtle`, it also works on pages that are not served over https.
 */
export function fingerprint(files: readonly { readonly path: string; readonly size: number }[]): string {
  const encoder = new TextEncoder();
  let hash = OFFSET_BASIS;
  for (const { path, size } of files) {
    for (const byte of encoder.encode(`${path}\0${size}\n`)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
    }
  }
  return hash.toString(16).padStart(16, '0');
}
