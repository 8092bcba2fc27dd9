import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../src/formats/zip/crc32';
import { readZipDirectory } from '../../../src/formats/zip/zipDirectory';
import { unpackEntry } from '../../../src/formats/zip/zipEntry';

const TEXT = strToU8('The quick brown fox jumps over the lazy dog. '.repeat(50));

function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  });
}

function asBlob(bytes: Uint8Array): Blob {
  return new Blob([Uint8Array.from(bytes)]);
}

/** The bytes of each entry, or the reason why it cannot be read. */
async function unpackAll(zip: Uint8Array): Promise<Record<string, string | Uint8Array>> {
  const { entries, skipped } = await readZipDirectory(asBlob(zip));
  const out: Record<string, string | Uint8Array> = {};
  for (const { path, reason } of skipped) out[path] = reason;
  for (const entry of entries) {
    try {
      out[entry.path] = Uint8Array.from(unpackEntry(entry, zip.subarray(entry.start, entry.end)));
    } catch (error) {
      out[entry.path] = (error as Error).message;
    }
  }
  return out;
}

/** Offset of the n-th file's record in the central directory. */
function centralRecord(zip: Uint8Array, n: number): number {
  const view = new DataView(zip.buffer, zip.byteOffset);
  for (let at = 0, seen = 0; at < zip.length - 4; at++) {
    if (view.getUint32(at, true) === 0x02014b50 && seen++ === n) return at;
  }
  throw new Error('no such record');
}

function patch(zip: Uint8Array, at: number, value: number, bytes: 2 | 4): void {
  const view = new DataView(zip.buffer, zip.byteOffset);
  if (bytes === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
}

test('CRC-32 of the standard check string', () => {
  expect(crc32(strToU8('123456789'))).toBe(0xcbf43926);
});

describe('good archives', () => {
  test('stored and deflated entries, nested folders, names in UTF-8', async () => {
    const zip = zipSync({
      'a/b/c/deep.txt': TEXT,
      'größe.bin': [noise(100_000), { level: 0 }],
      'x/noise.bin': noise(300_000),
    });
    expect(await unpackAll(zip)).toEqual({
      'a/b/c/deep.txt': TEXT,
      'größe.bin': noise(100_000),
      'x/noise.bin': noise(300_000),
    });
  });

  test('an empty file and an empty archive', async () => {
    expect(await unpackAll(zipSync({ 'empty.txt': new Uint8Array(0) }))).toEqual({ 'empty.txt': new Uint8Array(0) });
    expect(await unpackAll(zipSync({}))).toEqual({});
  });

  test('data before it and a comment after it', async () => {
    const zip = zipSync({ 'a.txt': TEXT });
    const comment = strToU8('made by hand');
    const whole = new Uint8Array(1000 + zip.length + comment.length);
    whole.fill(65, 0, 1000);
    whole.set(zip, 1000);
    whole.set(comment, 1000 + zip.length);
    patch(whole, 1000 + zip.length - 2, comment.length, 2);
    expect(await unpackAll(whole)).toEqual({ 'a.txt': TEXT });
  });

  test('zip64', async () => {
    const zip = zipSync({ 'a.txt': [TEXT, { level: 0 }] });
    const record = centralRecord(zip, 0);
    const nameEnd = record + 46 + 5;
    const end = zip.length - 22;
    // Sizes and offset move into an extra field, and the end record gets its 64-bit form.
    const extra = new Uint8Array(4 + 24);
    const extraView = new DataView(extra.buffer);
    extraView.setUint16(0, 1, true);
    extraView.setUint16(2, 24, true);
    extraView.setBigUint64(4, BigInt(TEXT.length), true);
    extraView.setBigUint64(12, BigInt(TEXT.length), true);
    extraView.setBigUint64(20, 0n, true);
    const central = new Uint8Array([...zip.subarray(record, nameEnd), ...extra, ...zip.subarray(nameEnd, end)]);
    patch(central, 20, 0xffffffff, 4);
    patch(central, 24, 0xffffffff, 4);
    patch(central, 42, 0xffffffff, 4);
    patch(central, 30, extra.length, 2);
    const end64 = new Uint8Array(56 + 20);
    const endView = new DataView(end64.buffer);
    endView.setUint32(0, 0x06064b50, true);
    endView.setBigUint64(4, 44n, true);
    endView.setBigUint64(40, BigInt(central.length), true);
    endView.setBigUint64(48, BigInt(record), true);
    endView.setUint32(56, 0x07064b50, true);
    endView.setBigUint64(64, BigInt(record + central.length), true);
    const tail = zip.slice(end);
    patch(tail, 12, 0xffffffff, 4);
    patch(tail, 16, 0xffffffff, 4);
    const whole = new Uint8Array([...zip.subarray(0, record), ...central, ...end64, ...tail]);
    expect(await unpackAll(whole)).toEqual({ 'a.txt': TEXT });
  });

  test('folders and system files are left out silently', async () => {
    const zip = zipSync({
      'a/': new Uint8Array(0),
      'a/.DS_Store': TEXT,
      '__MACOSX/a/._b.txt': TEXT,
      'a/Thumbs.db': TEXT,
      'a/b.txt': TEXT,
    });
    expect(await unpackAll(zip)).toEqual({ 'a/b.txt': TEXT });
  });

  test('backslashes separate folders', async () => {
    expect(Object.keys(await unpackAll(zipSync({ 'cat\\1.txt': TEXT })))).toEqual(['cat/1.txt']);
  });
});

describe('bad entries are listed and the rest is read', () => {
  test.each(['../evil.txt', 'a/../../evil.txt', '..\\evil.txt'])('path %s', async (path) => {
    const out = await unpackAll(zipSync({ [path]: TEXT, 'good.txt': TEXT }));
    expect(out['good.txt']).toEqual(TEXT);
    expect(out[path.replaceAll('\\', '/')]).toMatch(/leads out of the archive/);
  });

  test.each(['/etc/passwd', 'C:/evil.txt'])('path %s', async (path) => {
    expect((await unpackAll(zipSync({ [path]: TEXT })))[path]).toMatch(/absolute path/);
  });

  test('encrypted', async () => {
    const zip = zipSync({ 'secret.txt': TEXT, 'good.txt': TEXT });
    patch(zip, centralRecord(zip, 0) + 8, 1, 2);
    expect(await unpackAll(zip)).toEqual({ 'secret.txt': expect.stringMatching(/encrypted/), 'good.txt': TEXT });
  });

  test('packed by another method', async () => {
    const zip = zipSync({ 'a.txt': TEXT });
    patch(zip, centralRecord(zip, 0) + 10, 93, 2);
    expect((await unpackAll(zip))['a.txt']).toMatch(/method.*93/);
  });

  test('damaged data', async () => {
    const zip = zipSync({ 'a.bin': [noise(5000), { level: 0 }], 'b.txt': TEXT });
    zip[2000] ^= 1;
    expect(await unpackAll(zip)).toEqual({ 'a.bin': expect.stringMatching(/damaged/), 'b.txt': TEXT });
  });

  test('the same path twice', async () => {
    const zip = zipSync({ 'a.txt': TEXT, 'b.txt': noise(50) });
    zip[centralRecord(zip, 1) + 46] = 'a'.charCodeAt(0);
    const { entries, skipped } = await readZipDirectory(asBlob(zip));
    expect(entries.map(({ path }) => path)).toEqual(['a.txt']);
    expect(skipped).toEqual([{ path: 'a.txt', reason: expect.stringMatching(/more than once/) }]);
  });
});

describe('zip bombs', () => {
  test('an entry that declares its size', async () => {
    const zip = zipSync({ 'bomb.bin': new Uint8Array(40 * 2 ** 20), 'good.txt': TEXT });
    expect(await unpackAll(zip)).toEqual({ 'bomb.bin': expect.stringMatching(/zip bombs/), 'good.txt': TEXT });
  });

  test('an entry that declares a smaller size: unpacking stops there', async () => {
    const zip = zipSync({ 'bomb.bin': new Uint8Array(64 * 2 ** 20) });
    patch(zip, centralRecord(zip, 0) + 24, 1000, 4);
    expect((await unpackAll(zip))['bomb.bin']).toMatch(/more than the archive says/);
  });

  test('entries that share their data', async () => {
    const zip = zipSync({ 'a.bin': noise(5000), 'b.bin': noise(5000) });
    patch(zip, centralRecord(zip, 1) + 42, 0, 4);
    const out = Object.values(await unpackAll(zip));
    expect(out.filter((value) => typeof value === 'string' && /overlaps/.test(value))).toHaveLength(1);
  });

  test('an archive whose total size is too large', async () => {
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.txt`, TEXT]));
    const zip = zipSync(files);
    for (let i = 0; i < 50; i++) patch(zip, centralRecord(zip, i) + 24, 200e6, 4);
    await expect(readZipDirectory(asBlob(zip))).rejects.toThrow(/would unpack to 10 GB.*zip bombs/);
  });

  test('an entry larger than any image', async () => {
    const zip = zipSync({ 'a.bin': noise(5000) });
    patch(zip, centralRecord(zip, 0) + 24, 400e6, 4);
    expect((await unpackAll(zip))['a.bin']).toMatch(/400 MB/);
  });
});

describe('invalid archives', () => {
  const zip = zipSync({ 'a.txt': TEXT, 'b.txt': TEXT });
  test.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(0), /empty/],
    ['a few bytes', new Uint8Array(10), /cut short/],
    ['something else', noise(100_000), /not a whole .zip/],
    ['cut short', zip.subarray(0, zip.length - 30), /not a whole .zip/],
    ['without its beginning', zip.subarray(50), /damaged/],
  ])('%s', async (_, bytes, reason) => {
    await expect(readZipDirectory(asBlob(bytes))).rejects.toThrow(reason);
  });

  test('every damage to the list of files is noticed, and none makes the reader hang', async () => {
    const start = centralRecord(zip, 0);
    for (let at = start; at < zip.length; at++) {
      const damaged = Uint8Array.from(zip);
      damaged[at] ^= 0xff;
      // Either the archive or an entry is refused, or the changed byte has no effect, e.g. in a date.
      const out = await unpackAll(damaged).catch((error: Error) => ({ archive: `${error.name}: ${error.message}` }));
      for (const value of Object.values(out)) {
        if (typeof value === 'string') expect(value).not.toMatch(/RangeError|TypeError/);
        else expect(value).toEqual(TEXT);
      }
    }
  });
});
