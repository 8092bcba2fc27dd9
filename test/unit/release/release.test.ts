import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { siteAddress } from '../../../scripts/release/siteAddress';
import { checksumLine, siteZip } from '../../../scripts/release/siteZip';

const bytes = (text: string) => new TextEncoder().encode(text);
const FILES: [string, Uint8Array][] = [
  ['index.html', bytes('<!doctype html>')],
  ['assets/a.js', bytes('let a;')],
  ['Über.txt', bytes('')],
];

describe('the zip of a release', () => {
  it('holds the files', () => {
    expect(new Map(Object.entries(unzipSync(siteZip(new Map(FILES)))))).toEqual(new Map(FILES));
  });

  it('has the same bytes for the same files in another order', () => {
    expect(siteZip(new Map([...FILES].reverse()))).toEqual(siteZip(new Map(FILES)));
  });

  it('has the bytes of an earlier machine', () => {
    expect(
      createHash('sha256')
        .update(siteZip(new Map(FILES)))
        .digest('hex'),
    ).toMatchInlineSnapshot(`"07404e9460d593da6f015e80abba53170ce0c7b5d8340bfcce6f1573370f39d7"`);
  });

  it('has a checksum as sha256sum reads it', () => {
    expect(checksumLine(bytes(''), 'a.zip')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.zip\n',
    );
  });
});

describe('the address of a site', () => {
  it.each([
    ['https://example.org/lab', 'https://example.org/lab/'],
    ['https://example.org/lab/', 'https://example.org/lab/'],
    ['https://example.org/lab/index.html#v=4', 'https://example.org/lab/'],
    ['https://example.org', 'https://example.org/'],
    ['http://localhost:8080/a', 'http://localhost:8080/a/'],
  ])('%s', (text, address) => {
    expect(siteAddress(text)).toBe(address);
  });

  it.each([
    ['example.org', /is not an address/],
    ['file:///tmp/', /does not run as a file/],
  ])('%s is refused', (text, reason) => {
    expect(() => siteAddress(text)).toThrow(reason);
  });
});
