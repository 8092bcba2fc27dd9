import { afterEach, expect, test, vi } from 'vitest';
import type { Batch } from '../../../src/data/import/batches';
import { startDecoders } from '../../../src/data/import/decodePool';
import { squares } from '../../setup/storage';

const BATCH: Batch = { kind: 'files', files: [] };

/** A worker that only fails, when it is told to. */
class BrokenWorker extends EventTarget {
  static made: BrokenWorker[] = [];
  posted = 0;

  constructor() {
    super();
    BrokenWorker.made.push(this);
  }

  postMessage(): void {
    this.posted += 1;
  }

  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }));
  }
}

function startBroken() {
  BrokenWorker.made = [];
  vi.stubGlobal('Worker', BrokenWorker);
  vi.stubGlobal('navigator', { hardwareConcurrency: 1 });
  const [decode] = startDecoders(squares(32));
  return { decode, worker: BrokenWorker.made[0] };
}

afterEach(() => vi.unstubAllGlobals());

test('a decoder that fails while it decodes rejects the batch', async () => {
  const { decode, worker } = startBroken();
  const answer = decode(BATCH);
  worker.fail('out of memory');
  await expect(answer).rejects.toThrow('a decoding worker failed: out of memory');
});

test('a decoder that failed before its first batch rejects it instead of never answering', async () => {
  const { decode, worker } = startBroken();
  worker.fail('');
  await expect(decode(BATCH)).rejects.toThrow('a decoding worker failed: its code could not be loaded');
  expect(worker.posted).toBe(0);
});
