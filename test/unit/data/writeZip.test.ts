import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { concatenate } from '../../../src/formats/concatenate';
import { writeZip, type ZipFile } from '../../../src/formats/zip/writeZip';
import { readZipDirectory } from '../../../src/formats/zip/zipDirectory';

const TIME = new Date(2024, 1, 3, 4, 5, 6);
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function written(files: Iterable<ZipFile> | AsyncIterable<ZipFile>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeZip(files, TIME)) pieces.push(piece.slice());
  return new Uint8Array(concatenate(pieces));
}

it('another reader gets the files, whether they were there or made in pieces', async () => {
  const large = Uint8Array.from({ length: 2_500_000 }, (_, i) => i % 251);
  async function* made() {
    yield bytesOf('one, ');
    yield new Uint8Array();
    yield bytesOf('two');
  }
  const zip = await written([
    { path: 'a/ü.txt', content: bytesOf('text') },
    { path: 'empty', content: new Uint8Array() },
    { path: 'made', content: made() },
    { path: 'large', content: large },
  ]);
  const files = unzipSync(zip);
  expect(Object.keys(files)).toEqual(['a/ü.txt', 'empty', 'made', 'large']);
  expect(new TextDecoder().decode(files['a/ü.txt'])).toBe('text');
  expect(files.empty).toHaveLength(0);
  expect(new TextDecoder().decode(files.made)).toBe('one, two');
  expect(Buffer.compare(files.large!, large)).toBe(0);
  expect((await readZipDirectory(new Blob([zip]))).skipped).toEqual([]);
});

it('makes a file when it is asked for, and not before', async () => {
  const asked: string[] = [];
  function* files(): Generator<ZipFile> {
    for (const path of ['first', 'second', 'third']) {
      asked.push(path);
      yield { path, content: bytesOf(path) };
    }
  }
  const pieces = writeZip(files(), TIME);
  await pieces.next();
  await pieces.next();
  expect(asked).not.toContain('third');
  await pieces.return(undefined);
});

it('ends with the error of a file', async () => {
  async function* broken() {
    yield bytesOf('some');
    throw new Error('cannot be read');
  }
  await expect(written([{ path: 'a', content: broken() }])).rejects.toThrow('cannot be read');
});

it('says how many files there are above 65,535', async () => {
  const content = bytesOf('x');
  const zip = await written(Array.from({ length: 65_540 }, (_, i) => ({ path: `${i}`, content })));
  const view = new DataView(zip.buffer);
  const end = zip.length - 22;
  expect([view.getUint32(end, true), view.getUint16(end + 10, true)]).toEqual([0x06054b50, 0xffff]);
  // The locator before the end leads to the record that has the number.
  expect(view.getUint32(end - 20, true)).toBe(0x07064b50);
  const record = Number(view.getBigUint64(end - 12, true));
  expect([view.getUint32(record, true), view.getBigUint64(record + 32, true)]).toEqual([0x06064b50, 65_540n]);
  expect((await readZipDirectory(new Blob([zip]))).entries).toHaveLength(65_540);
});
