import 'fake-indexeddb/auto';
import { expect, it, vi } from 'vitest';
import { indexedDbTuningCache } from '../../../src/worker/tuningCache';

it('keeps choices from one page to the next', async () => {
  const first = indexedDbTuningCache();
  expect(await first.get('forward')).toBeNull();
  await first.set('forward', 'tile 64x64');
  await first.set('forward', 'strip 8x8');
  expect(await indexedDbTuningCache().get('forward')).toBe('strip 8x8');
});

it('has no choices and gives no error where there is no database', async () => {
  const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('not in a private window', 'SecurityError');
  });
  const cache = indexedDbTuningCache();
  await cache.set('forward', 'strip 8x8');
  expect(await cache.get('forward')).toBeNull();
  open.mockRestore();
});
