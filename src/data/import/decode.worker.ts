import type { Batch } from './batches';
import { decodeBatch } from './decodeBatch';
import { decodeInBrowser } from './decodeInBrowser';

/** Decodes one batch a message; answers in the order of asking. */
addEventListener('message', async ({ data }: MessageEvent<{ batch: Batch; size: number }>) => {
  const result = await decodeBatch(data.batch, data.size, decodeInBrowser);
  postMessage(result, { transfer: [result.pixels.buffer] });
});
