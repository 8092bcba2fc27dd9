import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FileSource } from '../../../scripts/node/fileSource';
import { loadDataset } from '../../../scripts/node/loadDataset';
import { walkFolder } from '../../../scripts/node/walkFolder';
import { readBytes } from '../../../src/formats/byteSource';
import { picture, writeFiles } from '../../setup/imageFiles';
import { squares } from '../../setup/storage';

/** Folders on disk under Node. */
let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'walk-'));
});
afterAll(() => rm(base, { recursive: true }));

async function walked(location: string, reader?: Parameters<typeof walkFolder>[2]) {
  const paths: string[] = [];
  const unreadable: Record<string, string> = {};
  for await (const found of walkFolder(location, 'root', reader)) {
    paths.push(...found.files.map(({ path }) => path));
    for (const { path, reason } of found.unreadable) unreadable[path] = reason;
  }
  return { paths: paths.sort(), unreadable };
}

test('linked files and folders are read, each linked folder once', async () => {
  const root = join(base, 'links');
  await writeFiles(join(base, 'elsewhere'), [
    ['cat/1.png', Buffer.from('x')],
    ['2.png', Buffer.from('x')],
  ]);
  await writeFiles(root, [['dog/3.png', Buffer.from('x')]]);
  await symlink(join(base, 'elsewhere/cat'), join(root, 'cat'));
  await symlink('../elsewhere/cat', join(root, 'cats'));
  await symlink('../elsewhere/2.png', join(root, 'two.png'));
  await symlink('nowhere', join(root, 'broken'));
  await symlink('itself', join(root, 'itself'));
  const { paths, unreadable } = await walked(root);
  expect(paths.map((path) => path.replace('cats', 'cat'))).toEqual([
    'root/cat/1.png',
    'root/dog/3.png',
    'root/two.png',
  ]);
  expect(unreadable).toEqual({
    'root/broken': expect.stringMatching(/link to something that does not exist/),
    'root/itself': expect.stringMatching(/leads to itself/),
    [paths.includes('root/cat/1.png') ? 'root/cats' : 'root/cat']: expect.stringMatching(/read through another link/),
  });
});

test('links in a circle end, and are said once', async () => {
  const root = join(base, 'circle');
  await writeFiles(root, [
    ['a/1.png', Buffer.from('x')],
    ['a/b/2.png', Buffer.from('x')],
  ]);
  await symlink('..', join(root, 'a/up'));
  await symlink(root, join(root, 'a/b/top'));
  await symlink(base, join(root, 'above'));
  const { paths, unreadable } = await walked(root);
  expect(paths).toEqual(['root/a/1.png', 'root/a/b/2.png']);
  expect(Object.keys(unreadable).sort()).toEqual(['root/a/b/top', 'root/a/up', 'root/above']);
  expect(Object.values(unreadable)[0]).toMatch(/link to a folder that it lies in/);
});

test('two folders that link to each other end', async () => {
  await writeFiles(join(base, 'x'), [['1.png', Buffer.from('x')]]);
  await writeFiles(join(base, 'y'), [['2.png', Buffer.from('x')]]);
  await symlink('../y', join(base, 'x/y'));
  await symlink('../x', join(base, 'y/x'));
  expect((await walked(join(base, 'x'))).paths).toEqual(['root/1.png', 'root/y/2.png']);
});

test('a folder that cannot be opened is listed, and the rest is read', async () => {
  const root = join(base, 'locked');
  const png = await picture().png().toBuffer();
  await writeFiles(root, [
    ['a/1.png', png],
    ['private/2.png', png],
    ['c/3.png', png],
  ]);
  const list = async (folder: string) => {
    if (folder.endsWith('private')) throw Object.assign(new Error('no'), { code: 'EACCES' });
    return readdir(folder, { withFileTypes: true });
  };
  const { paths, unreadable } = await walked(root, { list });
  expect(paths).toEqual(['root/a/1.png', 'root/c/3.png']);
  expect(unreadable).toEqual({ 'root/private': expect.stringMatching(/reading it is not allowed/) });
});

test('what is neither a file nor a folder is listed; system files are not', async () => {
  const root = join(base, 'special');
  await writeFiles(root, [
    ['1.png', Buffer.from('x')],
    ['.DS_Store', Buffer.from('x')],
  ]);
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const { paths, unreadable } = await walked(root);
  expect(paths).toEqual(['root/1.png']);
  expect(unreadable).toEqual({ 'root/pipe': expect.stringMatching(/neither a file nor a folder/) });
});

test('an import goes through links', async () => {
  const root = join(base, 'import');
  const png = await picture().png().toBuffer();
  const images = Array.from({ length: 5 }, (_, i) => [`${i}.png`, png] as const);
  await writeFiles(join(base, 'store/birds'), images);
  await writeFiles(join(root, 'cats'), images);
  await symlink('../store/birds', join(root, 'birds'));
  const settings = { ...squares(32), seed: 1, holdOut: 'images', labelRule: 'found', batchSize: 4 } as const;
  const { dataset } = await loadDataset(root, settings);
  expect(dataset).toMatchObject({ count: 10, classNames: ['birds', 'cats'] });
});

test('a file is read in parts, and one that became shorter is noticed', async () => {
  await mkdir(base, { recursive: true });
  const path = join(base, 'bytes');
  await writeFile(
    path,
    Uint8Array.from({ length: 100 }, (_, i) => i),
  );
  const source = new FileSource(path, 100);
  expect([...(await readBytes(source, 10, 13))]).toEqual([10, 11, 12]);
  expect(await readBytes(source, 90, 200)).toHaveLength(10);
  expect(await readBytes(source, 200, 300)).toHaveLength(0);
  await expect(readBytes(new FileSource(path, 200), 0, 200)).rejects.toThrow('shorter');
});
