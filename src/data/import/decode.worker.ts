import type { PictureStorage } from '../../domain/imageDataset';
import type { Batch } from './batches';
import { decodeBatch } from './decodeBatch';
import { decodeInBrowser } from './decodeInBrowser';

/** Decodes the batch of each message. The page sends the next batch after the answer. */
addEventListener('message', async ({ data }: MessageEvent<{ batch: Batch; storage: PictureStorage }>) => {
  const result = await decodeBatch(data.batch, data.storage, decodeInBrowser);
  const compressed = (result.compressed ?? []).flatMap(({ packed, likeness }) => [
    ...(packed === null ? [] : [packed.buffer]),
    ...(likeness === null ? [] : [likeness.copy.buffer]),
  ]);
  postMessage(result, { transfer: [result.pictures.pixels.buffer, ...compressed] });
});
