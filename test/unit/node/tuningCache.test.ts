import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileTuningCache } from '../../../scripts/node/tuningCache';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tuning-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keeps choices from one process to the next, in a folder that it creates', async () => {
  const file = join(folder, 'deep', 'tuning.json');
  const first = fileTuningCache(file);
  expect(await first.get('a')).toBeNull();
  await first.set('a', 'strip 8x8');
  await first.set('b', 'tile 64x64');
  const second = fileTuningCache(file);
  expect(await second.get('a')).toBe('strip 8x8');
  expect(await second.get('b')).toBe('tile 64x64');
  expect(readdirSync(join(folder, 'deep'))).toEqual(['tuning.json']);
});

it.each(['', '{"a": ', '[]', 'null', '{"a": 3}'])('starts anew from a file that holds %j', async (text) => {
  const file = join(folder, 'tuning.json');
  writeFileSync(file, text);
  const cache = fileTuningCache(file);
  expect(await cache.get('a')).toBeNull();
  await cache.set('a', 'strip 8x8');
  expect(await fileTuningCache(file).get('a')).toBe('strip 8x8');
});
