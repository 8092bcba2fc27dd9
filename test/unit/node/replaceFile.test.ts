import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { replaceFile } from '../../../scripts/node/replaceFile';

const folder = mkdtempSync(join(tmpdir(), 'replace-'));
afterEach(() => rmSync(folder, { recursive: true }));

it('a file is replaced as a whole, and kept where that fails', () => {
  const file = join(folder, 'run');
  writeFileSync(file, 'before');
  replaceFile(file, Buffer.from('after'));
  expect(readFileSync(file, 'utf8')).toBe('after');
  expect(readdirSync(folder)).toEqual(['run']);

  // A folder cannot be replaced by a file.
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'folder', 'inside'), '');
  expect(() => replaceFile(join(folder, 'folder'), Buffer.from('after'))).toThrow();
  expect(readdirSync(folder).sort()).toEqual(['folder', 'run']);
});
