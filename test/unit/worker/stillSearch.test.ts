import { expect, it } from 'vitest';
import { breathe } from '../../../src/data/import/breathe';
import type { Trainer } from '../../../src/engine/run/trainer';
import { StillSearch } from '../../../src/worker/stillSearch';

/** A trainer whose search has so many blocks, and what became of its searches. */
function trainerOf(blocks: number, fault: Error | null = null) {
  const log: string[] = [];
  let searches = 0;
  const trainer = {
    searchAll: async (between: () => Promise<void>) => {
      searches += 1;
      const name = `search ${searches}`;
      for (let block = 1; block <= blocks; block++) {
        await between();
        log.push(`${name}: block ${block}`);
        if (fault !== null) throw fault;
      }
      log.push(`${name}: done`);
    },
  } as unknown as Trainer;
  return { trainer, log };
}

const unguarded = (search: () => Promise<void>) => search();

it('a search that is stopped ends before its next block', async () => {
  const { trainer, log } = trainerOf(1000);
  const search = new StillSearch(trainer);
  search.begin(unguarded);
  while (log.length < 2) await breathe();
  const { length } = log;
  await search.stop();
  expect(log).toHaveLength(length);
});

it('of several only the last is searched to its end, one after another', async () => {
  const { trainer, log } = trainerOf(3);
  const search = new StillSearch(trainer);
  search.begin(unguarded);
  while (log.length === 0) await breathe();
  search.begin(unguarded);
  search.begin(unguarded);
  await expect.poll(() => log.at(-1)).toBe('search 3: done');
  expect(log.filter((line) => line.startsWith('search 3'))).toHaveLength(4);
  expect(log.filter((line) => /search [12]: done|search 2/.test(line))).toEqual([]);
});

it('an error of a search reaches its guard, a stop does not', async () => {
  const heard: unknown[] = [];
  const guard = (search: () => Promise<void>) => search().catch((error: unknown) => void heard.push(error));
  const fault = new Error('no memory');
  const faulty = new StillSearch(trainerOf(1, fault).trainer);
  faulty.begin(guard);
  await expect.poll(() => heard).toEqual([fault]);
  const stopped = new StillSearch(trainerOf(5).trainer);
  stopped.begin(guard);
  await stopped.stop();
  expect(heard).toEqual([fault]);
});
