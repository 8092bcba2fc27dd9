import { expect, test } from 'vitest';
import { fromBase64url, toBase64url } from '../../../src/domain/base64url';

test('bytes of any number are those that Node writes, and come back', () => {
  for (let length = 0; length < 20; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (97 * (i + length) + 250) % 256);
    const text = toBase64url(bytes);
    expect(text).toBe(Buffer.from(bytes).toString('base64url'));
    expect(fromBase64url(text)).toEqual(bytes);
  }
});

test.each(['A', 'AAAAA', 'AA=', 'A+', 'A/', 'ä1'])('%s is no base64url', (text) => {
  expect(fromBase64url(text)).toBeNull();
});
