import { expect, it } from 'vitest';
import { crc32 } from '../../../src/formats/zip/crc32';

/** The definition, bit by bit. */
function slowly(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

it('has the check value of the standard', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

it('is that of the definition for bytes of any length, also where they come in two parts', () => {
  const all = Uint8Array.from({ length: 100 }, (_, i) => (i * 151 + 7) & 0xff);
  for (let length = 0; length <= 40; length++) {
    const bytes = all.subarray(3, 3 + length);
    expect(crc32(bytes), `${length} bytes`).toBe(slowly(bytes));
    const end = Math.floor(length / 3);
    expect(crc32(bytes.subarray(end), crc32(bytes.subarray(0, end)))).toBe(slowly(bytes));
  }
});
