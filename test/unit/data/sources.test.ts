import { describe, expect, test } from 'vitest';
import { ImportError } from '../../../src/data/importError';
import { sourcesFromDrop, sourcesFromFileList, walkEntries } from '../../../src/data/sources';

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
    const counts: number[] = [];
    const { files, unreadable } = await walkEntries([entryOf('pets', tree)], {
      onFound: (count) => counts.push(count),
    });
    expect(unreadable).toEqual([]);
    expect(files).toHaveLength(250 + 100 + 101 + 1);
    expect(new Set(pathsOf(files)).size).toBe(files.length);
    expect(pathsOf(files)).toContain('pets/dog/small/100.jpg');
    expect(counts.at(-1)).toBe(files.length);
  });

  test('hidden and system files are left out, and hidden folders not entered', async () => {
    const tree = { '.DS_Store': 'file', '.git': many(5), __MACOSX: many(5), 'a.jpg': 'file' } as const;
    const { files } = await walkEntries([entryOf('d', tree), entryOf('Thumbs.db', 'file')]);
    expect(pathsOf(files)).toEqual(['d/a.jpg']);
  });

  test('a folder that was dropped itself is read, whatever its name', async () => {
    const { files } = await walkEntries([entryOf('.pictures', { 'a.jpg': 'file' })]);
    expect(pathsOf(files)).toEqual(['.pictures/a.jpg']);
  });

  test('files that cannot be opened are listed, and the rest is read', async () => {
    const { files, unreadable } = await walkEntries([entryOf('d', { 'a.jpg': 'unreadable', 'b.jpg': 'file' })]);
    expect(pathsOf(files)).toEqual(['d/b.jpg']);
    expect(unreadable).toEqual([{ path: 'd/a.jpg', reason: expect.stringMatching(/could not be opened/) }]);
  });

  test('can be cancelled', async () => {
    const abort = new AbortController();
    const walk = walkEntries([entryOf('d', many(300))], { signal: abort.signal });
    abort.abort(new Error('cancelled'));
    await expect(walk).rejects.toThrow('cancelled');
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
    expect(pathsOf((await sources).files)).toEqual(['a.jpg', 'pets/cat/0.jpg', 'pets/cat/1.jpg', 'pets/cat/2.jpg']);
  });

  test.each([
    ['a folder', ['pets'], 'pets'],
    ['an archive', ['cifar.zip'], 'cifar'],
    ['several things', ['a.jpg', 'b.jpg'], '2 files'],
  ])('is named after %s', async (_, names, expected) => {
    const { transfer } = transferOf(names.map((name) => entryOf(name, 'file')));
    expect((await sourcesFromDrop(transfer)).name).toBe(expected);
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
    const { name, files } = await sourcesFromFileList(list);
    expect(name).toBe('pets');
    expect(files).toHaveLength(1200);
    expect(files[7].path).toBe('pets/cat/7.jpg');
  });

  test('without a folder have their names as paths', async () => {
    const { name, files } = await sourcesFromFileList([file('a.jpg'), file('b.jpg'), file('.c.jpg')]);
    expect(name).toBe('3 files');
    expect(pathsOf(files)).toEqual(['a.jpg', 'b.jpg']);
  });

  test('none at all', async () => {
    await expect(sourcesFromFileList([])).rejects.toThrow(ImportError);
  });
});
