import type { ImageDataset, ImageSize, SampleId } from '../domain/imageDataset';
import { ImportError } from './importError';
import { SAMPLES } from './sample/catalogue';
import type { SampleProgress, SampleReply, SampleRequest } from './sample/messages';

export interface LoadSampleOptions {
  readonly size: ImageSize;
  /** At most some ten calls a second. */
  readonly onProgress?: (progress: SampleProgress) => void;
  /** Aborting ends the download and rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads one of the built-in samples from the app's own origin and unpacks it in a worker.
 * @throws ImportError when it cannot be loaded; the signal's reason when aborted.
 */
export async function loadSample(id: SampleId, { size, onProgress, signal }: LoadSampleOptions): Promise<ImageDataset> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./sample/sample.worker.ts', import.meta.url), { type: 'module' });
  const failure = (why: string) =>
    new ImportError(`The sample “${SAMPLES[id].title}” could not be loaded (${why}). Reload the page to try again.`);
  try {
    return await new Promise<ImageDataset>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<SampleReply>) => {
        switch (data.type) {
          case 'progress':
            return onProgress?.(data.progress);
          case 'done':
            return resolve(data.dataset);
          case 'failed':
            return reject(failure(data.reason));
          default:
            return data satisfies never;
        }
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(failure(event.message || 'the worker did not start'));
      };
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      const folder = new URL(`${import.meta.env.BASE_URL}samples/`, document.baseURI).href;
      worker.postMessage({ id, size, folder, totalBytes: SAMPLES[id].bytes } satisfies SampleRequest);
    });
  } finally {
    worker.terminate();
  }
}
