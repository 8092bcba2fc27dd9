import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cp437, EAST_ASIAN, readCharacters, windows1252 } from '../../../src/formats/zip/codePages';
import { crc32 } from '../../../src/formats/zip/crc32';
import { entryNames } from '../../../src/formats/zip/entryNames';
import type { DirectoryRecord } from '../../../src/formats/zip/records';

/** Names of folders with their bytes in a code page, by Python's codecs. */
const NAMES: Record<string, { hex: string; name: string }[]> = JSON.parse(
  readFileSync(new URL('../../fixtures/zipNames.json', import.meta.url), 'utf8'),
);

function record(name: Uint8Array, { flags = 0, extra = new Uint8Array() as Uint8Array } = {}): DirectoryRecord {
  return {
    name,
    extra,
    flags,
    method: 0,
    crc: 0,
    compressedSize: 0,
    size: 0,
    offset: 0,
    system: 0,
    attributes: 0,
  };
}

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** The extra field of Info-ZIP that gives a name in UTF-8. */
function unicodePath(name: string, madeFor: Uint8Array): Uint8Array {
  const utf8 = Buffer.from(name);
  const field = Buffer.alloc(9 + utf8.length);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + utf8.length, 2);
  field[4] = 1;
  field.writeUInt32LE(crc32(madeFor), 5);
  field.set(utf8, 9);
  return field;
}

describe('names by their bytes', () => {
  test.each(Object.entries(NAMES))('%s', (_, names) => {
    const plain = record(new TextEncoder().encode('plain/0.png'));
    expect(entryNames([plain, ...names.map(({ hex }) => record(bytesOf(hex)))])).toEqual([
      'plain/0.png',
      ...names.map(({ name }) => `${name}/0.png`),
    ]);
  });

  test('the Unicode path field counts where it was made for the name', () => {
    const name = bytesOf('42846d65');
    expect(entryNames([record(name, { extra: unicodePath('Bäume', name) })])).toEqual(['Bäume']);
    expect(entryNames([record(name, { extra: unicodePath('Wald', bytesOf('41')) })])).toEqual(['Bäme']);
  });

  test('the flag for UTF-8 counts, and unmarked names beside it are decided among themselves', () => {
    const utf8 = record(new TextEncoder().encode('日本'), { flags: 0x800 });
    expect(entryNames([utf8, record(bytesOf('8e70')), record(bytesOf('42846d65'))])).toEqual(['日本', 'Äp', 'Bäme']);
  });

  test('a name that does not fit the code page of the others is still told from them', () => {
    const japanese = NAMES['cp932 kana'].map(({ hex }) => record(bytesOf(hex)));
    const [broken, other] = entryNames([record(bytesOf('82ff2f31')), record(bytesOf('82fe2f31')), ...japanese]);
    expect(broken).not.toBe(other);
    expect(broken).toMatch(/\/1$/);
  });

  test('a backslash that is a byte of its own separates folders, in every code page', () => {
    expect(entryNames([record(new TextEncoder().encode('cat\\1.png'))])).toEqual(['cat/1.png']);
    // 表示\1.png
    expect(entryNames([record(bytesOf('955c8ea65c312e706e67'))])).toEqual(['表示/1.png']);
  });
});

test('the tables of code pages are those of the browser (test/component/codePages.test.ts)', async () => {
  expect(await import('../../setup/codePageSums').then(({ codePageSums }) => codePageSums())).toEqual(
    JSON.parse(readFileSync(new URL('../../fixtures/codePageSums.json', import.meta.url), 'utf8')),
  );
});

test('code page 437 has a character for every byte', () => {
  const all = Uint8Array.from({ length: 128 }, (_, i) => 128 + i);
  const read = [...readCharacters(all, cp437)].map(({ text }) => text);
  expect(new Set(read).size).toBe(128);
  expect(read).not.toContain(null);
  expect([...readCharacters(all, windows1252)].filter(({ text }) => text === null)).toHaveLength(5);
  expect(EAST_ASIAN).toHaveLength(4);
});
