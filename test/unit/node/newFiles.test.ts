import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writingNewFiles } from '../../../scripts/node/newFiles';

const folder = mkdtempSync(join(tmpdir(), 'new-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (...names: string[]) => join(folder, ...names);
const bytes = (text: string) => new TextEncoder().encode(text);

it('puts all files in their places at the end, and none where the work fails', async () => {
  writeFileSync(at('a'), 'before');
  await expect(
    writingNewFiles(async (files) => {
      files.append(at('a'), bytes('half'));
      files.append(at('inner', 'b'), bytes('half'));
      throw new Error('the work failed');
    }),
  ).rejects.toThrow('the work failed');
  expect(readFileSync(at('a'), 'utf8')).toBe('before');
  expect(readdirSync(folder, { recursive: true })).toEqual(['a']);

  await writingNewFiles(async (files) => {
    for (const piece of ['one', ' ', 'two']) files.append(at('a'), bytes(piece));
    files.append(at('inner', 'b'), bytes('b'));
    expect(readFileSync(at('a'), 'utf8')).toBe('before');
  });
  expect(readFileSync(at('a'), 'utf8')).toBe('one two');
  expect(readdirSync(at('inner'))).toEqual(['b']);
});
