import { describe, expect, test } from 'vitest';
import { ImportError } from '../../../src/data/importError';
import { type ImageSources, sourcesFromDrop, sourcesFromFileList, walkEntries } from '../../../src/data/sources';

/** All that is found, and the number of files after each portion. */
async function allOf(found: ImageSources['found']) {
  const all = { files: [] as { path: string }[], unreadable: [] as unknown[], counts: [] as number[] };
  for await (const { files, unreadable } of found) {
    all.files.push(...files);
    all.unreadable.push(...unreadable);
    all.counts.push(all.files.length);
  }
  return all;
}

type Tree = { readonly [name: string]: Tree | 'file' | 'unreadable' };

const MOST_AT_ONCE = 100;

/** Entries as in browsers: with callbacks, and at most 100 entries of a folder at a time. */
function entryOf(name: string, node: Tree[string]): FileSystemEntry {
  if (typeof node === 'string') {
    const entry = {
      name,
      isFile: true,
      isDirectory: false,
      file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
        setTimeout(() => (node === 'file' ? resolve(new File(['x'], name)) : reject(new Error('not allowed')))),
    };
    return entry as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(node).map(([child, below]) => entryOf(child, below));
    return {
      readEntries: (resolve: (some: FileSystemEntry[]) => void) =>
        setTimeout(() => resolve(left.splice(0, MOST_AT_ONCE))),
    };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

function many(count: number): Tree {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.jpg`, 'file' as const]));
}

function pathsOf(files: readonly { readonly path: string }[]): string[] {
  return files.map(({ path }) => path).sort();
}

describe('dropped entries', () => {
  test('folders of more than 100 entries are read to the end, nested ones too', async () => {
    const tree = { cat: many(250), dog: { big: many(100), small: many(101) }, 'cover.jpg': 'file' } as const;
    const { files, unreadable, counts } = await allOf(walkEntries([entryOf('pets', tree)]));
    expect(unreadable).toEqual([]);
    expect(files).toHaveLength(250 + 100 + 101 + 1);
    expect(new Set(pathsOf(files)).size).toBe(files.length);
    expect(pathsOf(files)).toContain('pets/dog/small/100.jpg');
    expect(counts.at(-1)).toBe(files.length);
  });

  test('hidden and system files are left out, and hidden folders not entered', async () => {
    const tree = { '.DS_Store': 'file', '.git': many(5), __MACOSX: many(5), 'a.jpg': 'file' } as const;
    const { files } = await allOf(walkEntries([entryOf('d', tree), entryOf('Thumbs.db', 'file')]));
    expect(pathsOf(files)).toEqual(['d/a.jpg']);
  });

  test('a folder that was dropped itself is read, whatever its name', async () => {
    const { files } = await allOf(walkEntries([entryOf('.pictures', { 'a.jpg': 'file' })]));
    expect(pathsOf(files)).toEqual(['.pictures/a.jpg']);
  });

  test('files that cannot be opened are listed, and the rest is read', async () => {
    const { files, unreadable } = await allOf(walkEntries([entryOf('d', { 'a.jpg': 'unreadable', 'b.jpg': 'file' })]));
    expect(pathsOf(files)).toEqual(['d/b.jpg']);
    expect(unreadable).toEqual([{ path: 'd/a.jpg', reason: expect.stringMatching(/could not be opened/) }]);
  });

  test('files are opened a few at a time, and handed over before the walk is over', async () => {
    let open = 0;
    let most = 0;
    const entries = Array.from({ length: 150 }, (_, i) => {
      const entry = entryOf(`${i}.jpg`, 'file') as FileSystemFileEntry;
      const file = (resolve: (file: File) => void, reject: (error: DOMException) => void) => {
        most = Math.max(most, ++open);
        entry.file((opened) => {
          open--;
          resolve(opened);
        }, reject);
      };
      return { name: entry.name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
    });
    const walk = walkEntries([...entries, entryOf('pets', many(250))]);
    const first = await walk.next();
    expect(first.done).toBe(false);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(20);
    expect(first.value.files.length).toBeLessThan(150);
    expect((await allOf(walk)).files.length + first.value.files.length).toBe(400);
  });
});

/** A DataTransfer that, as in browsers, is empty once the handler has returned. */
function transferOf(items: readonly (FileSystemEntry | 'text')[]): { transfer: DataTransfer; endEvent: () => void } {
  let live = items.map((item) => ({
    kind: item === 'text' ? 'string' : 'file',
    webkitGetAsEntry: () => (item === 'text' ? null : item),
    getAsFile: () => null,
  }));
  const transfer = {
    get items() {
      return live;
    },
  };
  return { transfer: transfer as unknown as DataTransfer, endEvent: () => (live = []) };
}

describe('a drop', () => {
  test('takes the entries before the event is over', async () => {
    const { transfer, endEvent } = transferOf([entryOf('pets', { cat: many(3) }), entryOf('a.jpg', 'file')]);
    const sources = sourcesFromDrop(transfer);
    endEvent();
    expect(pathsOf((await allOf((await sources).found)).files)).toEqual([
      'a.jpg',
      'pets/cat/0.jpg',
      'pets/cat/1.jpg',
      'pets/cat/2.jpg',
    ]);
  });

  test.each([
    ['a folder', ['pets'], 'pets'],
    ['an archive', ['cifar.zip'], 'cifar'],
    ['several things', ['a.jpg', 'b.jpg'], '2 files'],
  ])('is named after %s', async (_, names, expected) => {
    const { transfer } = transferOf(names.map((name) => entryOf(name, 'file')));
    expect((await sourcesFromDrop(transfer)).name).toBe(expected);
  });

  test('can be read twice, the second time beginning while the first goes on, and left off in the middle', async () => {
    const { transfer } = transferOf([entryOf('pets', { cat: many(250), dog: many(30) })]);
    const { found } = await sourcesFromDrop(transfer);
    for await (const { files } of found) if (files.length > 0) break;
    const [one, other] = await Promise.all([allOf(found), allOf(found)]);
    expect(pathsOf(one.files)).toHaveLength(280);
    expect(pathsOf(other.files)).toEqual(pathsOf(one.files));
  });

  test('of text is refused with advice', async () => {
    const refused = sourcesFromDrop(transferOf(['text']).transfer);
    await expect(refused).rejects.toThrow(ImportError);
    await expect(refused).rejects.toThrow(/Drop a folder, image files or a .zip/);
  });
});

describe('picked files', () => {
  function file(path: string): File {
    const file = new File(['x'], path.slice(path.lastIndexOf('/') + 1));
    return Object.assign(file, { webkitRelativePath: path.includes('/') ? path : '' });
  }

  test('of a folder keep their paths', async () => {
    const list = [
      ...Array.from({ length: 1200 }, (_, i) => file(`pets/cat/${i}.jpg`)),
      file('pets/.hidden/a.jpg'),
      file('pets/.DS_Store'),
    ];
    const { name, found } = await sourcesFromFileList(list);
    const { files } = await allOf(found);
    expect(name).toBe('pets');
    expect(files).toHaveLength(1200);
    expect(files[7].path).toBe('pets/cat/7.jpg');
  });

  test('without a folder have their names as paths', async () => {
    const { name, found } = await sourcesFromFileList([file('a.jpg'), file('b.jpg'), file('.c.jpg')]);
    const { files } = await allOf(found);
    expect(name).toBe('3 files');
    expect(pathsOf(files)).toEqual(['a.jpg', 'b.jpg']);
  });

  test('none at all', async () => {
    await expect(sourcesFromFileList([])).rejects.toThrow(ImportError);
  });
});
