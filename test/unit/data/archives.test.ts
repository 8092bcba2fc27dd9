import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeWithSharp } from '../../../scripts/node/decodeWithSharp';
import { loadDataset } from '../../../scripts/node/loadDataset';
import { decodeBatch } from '../../../src/data/import/decodeBatch';
import { runImport } from '../../../src/data/import/runImport';
import type { ImportError } from '../../../src/data/importError';
import type { ImportResult, ImportSettings } from '../../../src/data/importTypes';
import { crc32 } from '../../../src/formats/zip/crc32';
import { picture } from '../../setup/imageFiles';
import { squares } from '../../setup/storage';

/** Archives as people drop them, through the code that the page runs (with `Blob`s) and through Node's. */
const SETTINGS: ImportSettings = { ...squares(32), seed: 1, holdOut: 'images', labelRule: 'found', batchSize: 4 };
const FIXTURES = new URL('../../fixtures/import/', import.meta.url);

let folder = '';
let png = new Uint8Array();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archives-'));
  png = Uint8Array.from(await picture().png().toBuffer());
});
afterAll(() => rm(folder, { recursive: true }));

/** The import as in the page. */
function importFiles(files: Record<string, Uint8Array>): Promise<ImportResult> {
  const all = Object.entries(files).map(([path, bytes]) => ({ path, blob: new Blob([Uint8Array.from(bytes)]) }));
  const decoder = (batch: Parameters<typeof decodeBatch>[0]) => decodeBatch(batch, SETTINGS, decodeWithSharp);
  return runImport({ name: 'test', found: [{ files: all, unreadable: [] }] }, SETTINGS, [decoder], () => undefined);
}

async function failureOf(result: Promise<unknown>): Promise<ImportError> {
  return result.then(
    () => expect.unreachable('the import should fail'),
    (error: ImportError) => error,
  );
}

const fixture = (path: string) => fileURLToPath(new URL(path, FIXTURES));

/** Images in two folders, by path. */
function twoClasses(a = 'cat', b = 'dog', each = 8): Record<string, Uint8Array> {
  return Object.fromEntries(Array.from({ length: 2 * each }, (_, i) => [`${i % 2 === 0 ? a : b}/${i}.png`, png]));
}

describe('archives that are read', () => {
  test.each([
    ['10_wrong_reason_archives/colon.zip', ['a: first', 'b: second']],
    ['10_wrong_reason_archives/comment_pk.zip', ['cat', 'dog']],
    ['10_wrong_reason_archives/dot_slash_mixed.zip', ['cat', 'dog']],
    ['10_wrong_reason_archives/images.cbz', ['cat', 'dog']],
    ['08_zip_names/cp437.zip', ['Bäume', 'Äpfel']],
    ['08_zip_names/cp437_unicode_extra.zip', ['Bäume', 'Äpfel']],
    ['08_zip_names/sjis_merge.zip', ['ソファ', 'ソース', '机']],
  ])('%s', async (path, classes) => {
    const { dataset, skipped } = await loadDataset(fixture(path), SETTINGS);
    expect(skipped).toEqual([]);
    expect(dataset.classNames).toEqual(classes);
    expect(dataset.count).toBe(8 * classes.length);
  });

  test.each(['pets.zip', 'pets', 'pets.zip.download', 'pets.jpg', 'pets.dat', 'pets.cbz'])(
    'a .zip named %s',
    async (name) => {
      const { dataset } = await importFiles({ [name]: zipSync(twoClasses()) });
      expect(dataset).toMatchObject({ count: 16, classNames: ['cat', 'dog'] });
    },
  );

  test('two archives become two folders, also where one is named like an image', async () => {
    const images = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}.png`, png]));
    const { dataset } = await importFiles({ 'cat.zip': zipSync(images), 'dog.jpg': zipSync(images) });
    expect(dataset.classNames).toEqual(['cat', 'dog.jpg']);
  });

  test('an image that is named like an archive', async () => {
    const images = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.zip`, png]));
    expect((await importFiles(images)).dataset.count).toBe(9);
  });

  test('data before it, also as a program that unpacks itself', async () => {
    const zip = zipSync(twoClasses());
    const program = Uint8Array.from([...strToU8('MZ program'), ...new Uint8Array(3000), ...zip]);
    for (const name of ['pets.exe', 'pets.zip']) {
      expect((await importFiles({ [name]: program })).dataset.count).toBe(16);
    }
  });

  test('`.` and empty parts of paths', async () => {
    const files = Object.fromEntries(
      Object.entries(twoClasses()).map(([path, bytes], i) => [i < 6 ? `./${path}` : `.//./${path}`, bytes]),
    );
    const { dataset, skipped } = await importFiles({ 'a.zip': zipSync(files) });
    expect(skipped).toEqual([]);
    expect(dataset.classNames).toEqual(['cat', 'dog']);
  });

  test('a comment that holds a whole archive, or many signatures of one', async () => {
    const inner = zipSync({ 'wrong.png': png });
    const many = new Uint8Array(20_000).map((_, i) => [0x50, 0x4b, 5, 6][i % 4]);
    for (const comment of [inner, many, inner.slice(-22), new Uint8Array(22)]) {
      const zip = zipSync(twoClasses());
      new DataView(zip.buffer, zip.byteOffset).setUint16(zip.length - 2, comment.length, true);
      expect((await importFiles({ 'a.zip': Uint8Array.from([...zip, ...comment]) })).dataset.count).toBe(16);
    }
  });
});

describe('archives that are refused say what they are and what to do', () => {
  test.each([
    ['10_wrong_reason_archives/data.7z', /data\.7z is a \.7z archive.*unpack it first.*\.zip/],
    ['10_wrong_reason_archives/data.tar.gz', /data\.tar\.gz is a \.gz or \.tar\.gz archive.*unpack it first.*\.zip/],
    ['10_wrong_reason_archives/nested.zip', /data\/test\.zip is an archive inside an archive: unpack it first.*\.zip/],
    ['10_wrong_reason_archives/set.zip', /set\.zip is the last part of a split \.zip archive.*join all parts.*unpack/],
    ['10_wrong_reason_archives/set.z01', /set\.z01 is the first part of a split \.zip archive.*join all parts.*unpack/],
    ['03_stale_message/html_error.jpg', /html_error\.jpg is a web page \(HTML\).*download it again/],
  ])('%s', async (path, message) => {
    const error = await failureOf(loadDataset(fixture(path), SETTINGS));
    expect(error.message).toMatch(message);
    expect(error.skipped.map(({ path }) => path)).toContainEqual(
      expect.stringContaining(basename(path).slice(0, 3) === 'nes' ? 'test.zip' : basename(path)),
    );
  });

  const HEADS: [string, Uint8Array, RegExp][] = [
    ['tar', tarOf('a.png'), /\.tar archive.*unpack it first/],
    ['tar of the old format', tarOf('a.png', false), /\.tar archive/],
    ['gzip', gzipSync(strToU8('x')), /\.gz or \.tar\.gz/],
    ['bzip2', strToU8('BZh91AY&SY....'), /\.bz2/],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0), /\.xz/],
    ['zstandard', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), /\.zst/],
    ['rar', strToU8('Rar!\x1a\x07\x01\0', true), /\.rar archive/],
  ];
  test.each(HEADS)('%s, whatever its name, loose, in a folder and in an archive', async (_, bytes, reason) => {
    for (const files of [
      { 'x.bin': bytes },
      { 'x.jpg': bytes },
      { 'x.zip': bytes },
      { 'pets/x.png': bytes },
      { 'a.zip': zipSync({ 'pets/x.png': bytes }) },
    ] as Record<string, Uint8Array>[]) {
      const error = await failureOf(importFiles(files));
      expect(error.skipped).toEqual([{ path: expect.stringContaining('x.'), reason: expect.stringMatching(reason) }]);
      expect(error.message).toMatch(reason);
    }
  });

  test('an archive is the example even where other files come first', async () => {
    const files = { 'd/a.csv': strToU8('1,2'), 'd/b.txt': strToU8('x'), 'd/z.tar.gz': gzipSync(strToU8('x')) };
    expect((await failureOf(importFiles(files))).message).toMatch(/z\.tar\.gz is a .gz/);
    expect((await failureOf(importFiles({ 'a.zip': zipSync(files) }))).message).toMatch(/z\.tar\.gz is a .gz/);
  });

  test.each([
    ['other.zip.001', /not a whole \.zip/],
    ['set.z02', /part of a split archive: join all parts, unpack the result and drop the folder/],
  ])('%s', async (name, reason) => {
    const bytes = name.endsWith('1') ? zipSync(twoClasses()).slice(0, 500) : new Uint8Array(900).fill(7);
    expect((await failureOf(importFiles({ [name]: bytes }))).message).toMatch(reason);
  });

  test('an archive without files', async () => {
    for (const zip of [zipSync({}), zipSync({ 'a/': new Uint8Array() })]) {
      expect((await failureOf(importFiles({ 'a.zip': zip }))).message).toMatch(/a\.zip is an archive without files/);
    }
    const { skipped } = await importFiles({ 'a.zip': zipSync({}), 'b.zip': zipSync(twoClasses()) });
    expect(skipped).toEqual([{ path: 'a.zip', reason: 'is an archive without files' }]);
  });

  test('symbolic links', async () => {
    const zip = zipSync({ ...twoClasses(), link: [strToU8('../x'), { os: 3, attrs: 0o120777 * 0x10000 }] });
    const { dataset, skipped } = await importFiles({ 'a.zip': zip });
    expect(dataset.count).toBe(16);
    expect(skipped).toEqual([{ path: 'link', reason: expect.stringMatching(/symbolic link/) }]);
  });
});

describe('other files say what they are', () => {
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
  test.each([
    ['Git LFS pointer', lfs, /Git LFS pointer.*git lfs pull/],
    ['web page', '\n<!-- x --><!DOCTYPE HTML><p>404', /web page.*download it again/],
    ['web page without its type', '<html lang="en">', /web page/],
    ['XHTML', '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>', /web page/],
    ['OpenEXR', 'v/1\x01\x02\0', /is OpenEXR, which browsers cannot read: convert it/],
    ['Radiance', '#?RADIANCE\n', /Radiance HDR/],
    ['DICOM', `${'\0'.repeat(128)}DICM`, /is DICOM/],
    ['PPM', 'P6\n2 2\n255\n', /PBM, PGM or PPM/],
    ['text that begins like PPM', 'P6x', /is not a JPEG, PNG/],
    ['PostScript', '%!PS-Adobe-3.0 EPSF-3.0', /PostScript/],
    ['JPEG 2000', '\xff\x4f\xff\x51\0', /JPEG 2000/],
    ['XML answer', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', /XML text.*download it again/],
    ['JSON answer', '{"error": "not found"}', /JSON text.*download it again/],
    ['SVG', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', /SVG/],
    ['PDF', '%PDF-1.7 …', /PDF/],
    ['video', '\0\0\0\x18ftypisom\0\0\0\0isommp42', /video/],
    ['QuickTime', '\0\0\0\x14ftypqt  \0\0\0\0qt  ', /video/],
    ['WebM', '\x1a\x45\xdf\xa3abc', /video/],
    ['AVI', 'RIFF\0\0\0\0AVI LIST', /video/],
    ['text', 'Nothing.', /is not a JPEG, PNG/],
  ])('%s', async (_, text, reason) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
    for (const path of ['x.jpg', 'x', 'pets/x.png']) {
      const error = await failureOf(importFiles({ [path]: bytes }));
      expect(error.skipped).toEqual([{ path, reason: expect.stringMatching(reason) }]);
    }
  });
});

test('control characters and long paths are harmless', async () => {
  const long = `${'very long folder/'.repeat(30)}x.txt`;
  const error = await failureOf(importFiles({ [`d/${long}`]: strToU8('x') }));
  expect(error.message.length).toBeLessThan(400);
  const bad = await failureOf(importFiles({ 'd/a\u001b[31m\n\u202e.txt': strToU8('x') }));
  for (const character of ['\u001b', '\n', '\u202e']) expect(bad.message).not.toContain(character);
  const { dataset } = await importFiles({ 'a.zip': zipSync(twoClasses('new\nline', 'tab\t')) });
  expect(dataset.count).toBe(16);
});

/** A .tar archive of one empty file. */
function tarOf(name: string, isModern = true): Uint8Array {
  const block = Buffer.alloc(1024);
  block.write(name, 0);
  block.write('0000644\0 0000000\0 0000000\0 00000000000 00000000000 ', 100);
  block.fill(' ', 148, 156);
  if (isModern) block.write('ustar\0', 257);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

describe('over 4 GiB', () => {
  const HOLE = 4.4e9;
  const U32 = 2 ** 32;

  interface Placed {
    readonly name: Buffer;
    readonly offset: number;
    readonly size: number;
    readonly crc: number;
  }

  /** The directory as macOS writes it, without zip64 and modulo 2^32; or with zip64 records. */
  function directoryOf(entries: readonly Placed[], start: number, isZip64: boolean): Buffer {
    const records = entries.map(({ name, offset, size, crc }) => {
      const record = Buffer.alloc(46);
      record.writeUInt32LE(0x02014b50, 0);
      record.writeUInt32LE(crc, 16);
      record.writeUInt32LE(size % U32, 20);
      record.writeUInt32LE(size % U32, 24);
      record.writeUInt16LE(name.length, 28);
      if (!isZip64) {
        record.writeUInt32LE(offset % U32, 42);
        return Buffer.concat([record, name]);
      }
      const extra = Buffer.alloc(28);
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(size), 4);
      extra.writeBigUInt64LE(BigInt(size), 12);
      extra.writeBigUInt64LE(BigInt(offset), 20);
      record.writeUInt32LE(0xffffffff, 20);
      record.writeUInt32LE(0xffffffff, 24);
      record.writeUInt32LE(0xffffffff, 42);
      record.writeUInt16LE(28, 30);
      return Buffer.concat([record, name, extra]);
    });
    const directory = Buffer.concat(records);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(entries.length, 8);
    end.writeUInt16LE(entries.length, 10);
    if (!isZip64) {
      end.writeUInt32LE(directory.length, 12);
      end.writeUInt32LE(start % U32, 16);
      return Buffer.concat([directory, end]);
    }
    end.writeUInt32LE(0xffffffff, 12);
    end.writeUInt32LE(0xffffffff, 16);
    const end64 = Buffer.alloc(76);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeBigUInt64LE(44n, 4);
    end64.writeBigUInt64LE(BigInt(directory.length), 40);
    end64.writeBigUInt64LE(BigInt(start), 48);
    end64.writeUInt32LE(0x07064b50, 56);
    end64.writeBigUInt64LE(BigInt(start + directory.length), 64);
    return Buffer.concat([directory, end64, end]);
  }

  /** A sparse archive of stored images; `holes` are where nothing, or one large entry, lies between them. */
  async function writeSparse(
    name: string,
    {
      isZip64 = false,
      holesAfter = [8],
      isEntry = false,
    }: { isZip64?: boolean; holesAfter?: number[]; isEntry?: boolean },
  ): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, '');
    const file = await open(path, 'r+');
    const placed: Placed[] = [];
    let at = 0;
    const add = async (entryName: string, bytes: Uint8Array | null) => {
      const local = Buffer.alloc(30);
      local.writeUInt32LE(0x04034b50, 0);
      const encoded = Buffer.from(entryName);
      local.writeUInt16LE(encoded.length, 26);
      const head = Buffer.concat([local, encoded]);
      await file.write(head, 0, head.length, at);
      const size = bytes === null ? HOLE : bytes.length;
      if (bytes !== null) await file.write(bytes, 0, bytes.length, at + head.length);
      placed.push({ name: encoded, offset: at, size, crc: bytes === null ? 0 : crc32(bytes) });
      at += head.length + size;
    };
    for (let i = 0; i <= 16; i++) {
      if (holesAfter.includes(i)) {
        if (isEntry) await add(`film${i}.mov`, null);
        else at += HOLE;
      }
      if (i < 16) await add(`${i < 8 ? 'cat' : 'dog'}/${i}.png`, png);
    }
    const directory = directoryOf(placed, at, isZip64);
    await truncate(path, at);
    await file.write(directory, 0, directory.length, at);
    await file.close();
    return path;
  }

  test.each([
    ['a gap in the middle', { holesAfter: [8] }],
    ['a film in the middle', { holesAfter: [8], isEntry: true }],
    ['a film at the beginning', { holesAfter: [0], isEntry: true }],
    ['films at three places', { holesAfter: [3, 4, 11], isEntry: true }],
    ['a film at the end', { holesAfter: [16], isEntry: true }],
    ['zip64, a gap at the beginning', { holesAfter: [0], isZip64: true }],
    ['zip64, films', { holesAfter: [0, 8], isZip64: true, isEntry: true }],
  ])('%s', async (name, options) => {
    const path = await writeSparse(`${name}.zip`, options);
    const { dataset, skipped } = await loadDataset(path, SETTINGS);
    expect(dataset).toMatchObject({ count: 16, classNames: ['cat', 'dog'] });
    const films = 'isEntry' in options ? options.holesAfter.length : 0;
    expect(skipped).toEqual(
      Array.from({ length: films }, () => ({
        path: expect.stringMatching(/film/),
        reason: expect.stringMatching(/is too large/),
      })),
    );
    await rm(path);
  });
});
