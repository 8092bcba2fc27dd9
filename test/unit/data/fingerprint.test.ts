import { expect, test } from 'vitest';
import { fingerprint } from '../../../src/data/import/fingerprint';

/** FNV-1a as it is defined. */
function reference(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

test('the fingerprint is FNV-1a over all names and sizes, however long and in any language', () => {
  const files = [
    { path: 'cat/1.png', size: 0 },
    { path: `${'猫/😀é'.repeat(2000)}.jpg`, size: 2 ** 40 + 1 },
    { path: '', size: 7 },
  ];
  for (let count = 0; count <= files.length; count++) {
    const some = files.slice(0, count);
    expect(fingerprint(some)).toBe(reference(some.map(({ path, size }) => `${path}\0${size}\n`).join('')));
  }
});
