import type { ImageDataset, PictureStorage, SampleId, SampleVersion } from '../domain/imageDataset';
import { askWorker } from './askWorker';
import { ImportError } from './importError';
import { SAMPLES } from './sample/catalogue';
import type { SampleProgress, SampleReply, SampleRequest } from './sample/messages';

export interface LoadSampleOptions {
  readonly version: SampleVersion;
  readonly storage: PictureStorage;
  /** How many images are wanted (the setting `images`): only the parts that have them are loaded. */
  readonly images: number;
  /** Called at most about ten times a second. */
  readonly onProgress?: (progress: SampleProgress) => void;
  /** Aborting ends the download and rejects the promise with the signal's reason. */
  readonly signal?: AbortSignal;
}

function notLoadedYet(id: SampleId): ImportError {
  return new ImportError(
    `“${SAMPLES[id].title}” has not been loaded yet, and its server cannot be reached now. Choose it again when there is a connection.`,
  );
}

/**
 * Downloads images of one of the built-in samples from the app's own origin and unpacks them in a worker.
 * @throws ImportError when it cannot be loaded; the signal's reason when aborted.
 */
export async function loadSample(
  id: SampleId,
  { version, storage, images, onProgress, signal }: LoadSampleOptions,
): Promise<ImageDataset> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./sample/sample.worker.ts', import.meta.url), { type: 'module' });
  const failure = (reason: string) =>
    new ImportError(`The sample “${SAMPLES[id].title}” could not be loaded (${reason}). Reload the page to try again.`);
  return askWorker<ImageDataset>(
    worker,
    {
      onMessage: (data, resolve, reject) => {
        const reply = data as SampleReply;
        switch (reply.type) {
          case 'progress':
            return onProgress?.(reply.progress);
          case 'done':
            return resolve(reply.dataset);
          case 'failed':
            return reject(reply.unreachable ? notLoadedYet(id) : failure(reply.reason));
          default:
            return reply satisfies never;
        }
      },
      failure,
      signal,
    },
    () => {
      worker.postMessage({ id, version, storage, images, folder: sampleFolder() } satisfies SampleRequest);
    },
  );
}

function sampleFolder(): string {
  return new URL(`${import.meta.env.BASE_URL}samples/`, document.baseURI).href;
}

/**
 * Downloads the parts of a sample behind its first one, so that the browser has them when the whole sample is loaded.
 * @throws (rejection) TypeError when one cannot be loaded
 */
export async function fetchRest(id: SampleId): Promise<void> {
  for (const { file } of SAMPLES[id].parts.slice(1)) {
    const response = await fetch(sampleFolder() + file);
    if (!response.ok) throw new TypeError(`${file}: ${response.status}`);
    await response.arrayBuffer();
  }
}
