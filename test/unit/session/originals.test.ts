import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../../src/data/sources';
import { writeZip } from '../../../src/formats/zip/writeZip';
import type { FilesOrigin } from '../../../src/session/data/datasetLoading';
import { originalOf } from '../../../src/session/data/originals';

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function zip(files: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  const entries = Object.entries(files).map(([path, text]) => ({ path, content: bytesOf(text) }));
  for await (const piece of writeZip(entries, new Date(0))) pieces.push(piece.slice());
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function originOf(files: readonly SourceFile[]): FilesOrigin {
  return {
    kind: 'files',
    title: 'x',
    collect: async () => ({ name: 'x', found: [{ files: [...files], unreadable: [] }] }),
  };
}

async function found(files: readonly SourceFile[], name: string): Promise<string | null> {
  const original = await originalOf(originOf(files), name);
  return original instanceof Blob ? `file: ${await original.text()}` : original;
}

const loose = (path: string, text = 'loose'): SourceFile => ({ path, blob: new Blob([text]) });

describe('the original of an image', () => {
  it('is a file of the folder', async () => {
    expect(await found([loose('d/a/1.png'), loose('d/b/1.png', 'b')], 'b/1.png')).toBe('file: b');
    expect(await found([loose('d/1.png'), loose('d/1.png')], '1.png')).toBeNull();
    expect(await found([loose('d/1.png')], '2.png')).toBeNull();
  });

  it('is unpacked from an archive, also where that is one of several things dropped', async () => {
    const packed: SourceFile = {
      path: 'cats.zip',
      blob: new Blob([await zip({ 'a/1.png': 'one', 'b/1.png': 'two' })]),
    };
    expect(await found([packed], 'b/1.png')).toBe('file: two');
    expect(await found([packed, loose('3.png')], 'cats/a/1.png')).toBe('file: one');
    expect(await found([packed, loose('d/a/1.png', 'three')], 'a/1.png')).toBeNull();
    expect(await found([packed], 'c.png')).toBeNull();
  });

  it('is not shown where it is damaged, which is said', async () => {
    const bytes = await zip({ 'a/1.png': 'one one one', 'b/1.png': 'two' });
    const at = new TextDecoder('latin1').decode(bytes).indexOf('one one');
    expect(at).toBeGreaterThan(0);
    bytes[at] = 0;
    const packed: SourceFile = { path: 'cats.zip', blob: new Blob([bytes]) };
    expect(await found([packed], 'a/1.png')).toBe('the original in cats.zip is damaged in the archive');
    expect(await found([packed], 'b/1.png')).toBe('file: two');
  });
});
