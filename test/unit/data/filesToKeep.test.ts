import 'fake-indexeddb/auto';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { decodeWithSharp } from '../../../scripts/node/decodeWithSharp';
import { filesToKeep, undecodedFiles } from '../../../src/data/filesToKeep';
import { decodeBatch } from '../../../src/data/import/decodeBatch';
import { runImport } from '../../../src/data/import/runImport';
import type { ImportResult, ImportSettings } from '../../../src/data/importTypes';
import type { ImageSources } from '../../../src/data/sources';
import { KeptImageDatabase } from '../../../src/storage/keptImageDatabase';
import { picture, UPRIGHT } from '../../setup/imageFiles';
import { squares } from '../../setup/storage';

const SETTINGS: ImportSettings = { ...squares(32), seed: 1, holdOut: 'pictures', labelRule: 'found', batchSize: 4 };
/** Small, so that every picture is cut. */
const PORTION = 100;

type Files = Readonly<Record<string, Uint8Array>>;

let images: Files = {};
beforeAll(async () => {
  const sides = Array.from({ length: 16 }, (_, i) => 40 + i);
  const files = sides.map(async (side, i) => {
    const png = await picture(UPRIGHT, side, side).png().toBuffer();
    return [`${i % 2 === 0 ? 'cat' : 'dog'}/${i}.png`, Uint8Array.from(png)] as const;
  });
  images = Object.fromEntries(await Promise.all(files));
});

function sourcesOf(files: Files): ImageSources {
  const found = Object.entries(files).map(([path, bytes]) => ({ path, blob: new Blob([Uint8Array.from(bytes)]) }));
  return { name: 'pets', found: [{ files: found, unreadable: [{ path: 'locked', reason: 'could not be opened' }] }] };
}

function imported(sources: ImageSources): Promise<ImportResult> {
  const decoder = (batch: Parameters<typeof decodeBatch>[0]) => decodeBatch(batch, SETTINGS, decodeWithSharp);
  return runImport(sources, SETTINGS, [decoder], () => undefined);
}

const text = strToU8('not an image');
const zip = (files: Files) => zipSync({ ...files });
const inFolder = (name: string) =>
  Object.fromEntries(Object.entries(images).map(([path, bytes]) => [`${name}/${path}`, bytes]));

/** What was dropped, and the paths of the files that are kept. */
const DROPS: [string, () => Files, (files: Files) => string[]][] = [
  ['a folder', () => inFolder('pets'), (files) => Object.keys(files)],
  [
    'a folder with other files',
    () => ({
      'pets/a.txt': text,
      ...inFolder('pets'),
      'pets/broken.png': images['cat/0.png']!.slice(0, 60),
      'pets/in.zip': zip({}),
    }),
    () => Object.keys(inFolder('pets')),
  ],
  ['an archive, alone', () => ({ 'pets.zip': zip({ ...images, 'cat/a.txt': text }) }), () => ['pets.zip']],
  // Alone it would be read as the folder itself.
  [
    'an archive beside other files',
    () => ({ 'pets.zip': zip(images), 'a.txt': text, 'b.txt': text }),
    () => ['pets.zip', 'a.txt'],
  ],
  [
    'two archives, one named like an image',
    () => ({ 'a.zip': zip(images), 'b.png': zip(images), 'c.png': text }),
    () => ['a.zip', 'b.png'],
  ],
  [
    'files of one path',
    () => ({ 'pets/x\u0001.png': text, 'pets/x\u0002.png': text, ...inFolder('pets') }),
    () => Object.keys(inFolder('pets')),
  ],
];

test.each(DROPS)(
  '%s that is kept is imported to the same data set, with the same skipped files',
  async (_, drop, kept) => {
    const files = drop();
    const sources = sourcesOf(files);
    const before = await imported(sources);
    const undecoded = undecodedFiles(before.decoded!);
    const { files: toKeep, skipped, bytes } = await filesToKeep(sources.found, undecoded);
    expect(toKeep.map(({ path }) => path)).toEqual(kept(files));
    expect(bytes).toBe(kept(files).reduce((sum, path) => sum + files[path]!.length, 0));

    const storage = new KeptImageDatabase({ portion: PORTION, locks: null });
    await storage.keep({ fingerprint: 'f00', name: 'pets', count: 16, files: toKeep, skipped });
    const after = await imported((await storage.open('f00'))!);
    await storage.forget('f00');
    // An archive that could not be read is listed like other files; it was the example of why nothing could be read.
    const withoutExample = ({ decoded, ...result }: ImportResult) => ({
      ...result,
      decoded: { ...decoded, skips: decoded?.skips.files },
    });
    expect(withoutExample(after)).toEqual(withoutExample(before));
  },
);

test('a file is kept where another one of its path cannot be decoded', async () => {
  const [[path]] = Object.entries(images);
  const undecoded = undecodedFiles({ paths: [path], skips: { files: [{ path, reason: 'is empty' }], archive: null } });
  expect(undecoded).toEqual([]);
});
