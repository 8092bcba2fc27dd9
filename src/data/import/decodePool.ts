import type { PictureStorage } from '../../domain/imageDataset';
import { onWorkerFailure } from '../workerFailure';
import type { BatchResult } from './decodeBatch';
import type { Decoder } from './readImages';

/** More decoders gain nothing: memory bandwidth and the single thread that sends them batches are the limit. */
const MAX_WORKERS = 8;

/** Starts one decoder: a worker that decodes one batch at a time. */
function startDecoder(storage: PictureStorage): Decoder {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' });
  let failure: Error | null = null;
  let onFailure = (_failure: Error) => {};
  onWorkerFailure(worker, (reason) => {
    failure = new Error(`a decoding worker failed: ${reason}`);
    onFailure(failure);
  });
  return (batch) =>
    new Promise<BatchResult>((resolve, reject) => {
      // The worker may have failed before its first batch; it would never answer.
      if (failure !== null) {
        reject(failure);
        return;
      }
      worker.onmessage = ({ data }: MessageEvent<BatchResult>) => resolve(data);
      onFailure = reject;
      worker.postMessage({ batch, storage });
    });
}

/** Starts as many decoders as the machine has cores, up to eight; they end with the worker that started them. */
export function startDecoders(storage: PictureStorage): Decoder[] {
  const count = Math.min(MAX_WORKERS, Math.max(1, navigator.hardwareConcurrency));
  return Array.from({ length: count }, () => startDecoder(storage));
}
