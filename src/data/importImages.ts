import { askWorker } from './askWorker';
import { breathe } from './import/breathe';
import type { ImportReply, ImportRequest } from './import/messages';
import { ImportError } from './importError';
import type { ImportOptions, ImportResult, ImportSettings } from './importTypes';
import type { ImageSources } from './sources';

/** How long files are sent before the page may draw. Chromium asks its main process for each one, and the page waits for the answer. */
const SENDING_MS = 8;

/** Workers that keep the pictures of a data set compressed, until its reader is closed. */
const keepers = new Set<Worker>();

/**
 * Decodes files into a data set: JPEG, PNG, WebP, GIF (first frame), BMP, AVIF, TIFF (first page) and HEIC, and the same inside .zip
 * archives. Each image is turned upright (EXIF), laid on white where it is transparent, and scaled down to its source size.
 *
 * Workers do all of it; the page stays responsive. Bad files are skipped and listed; they do not end the import. Images are in the
 * order of their paths, decoding begins while folders are still being walked, and the result depends only on the files and the settings.
 * Labels and splits follow the folders (`labels/planFolders.ts`) and a person's corrections; `dataset.source` holds what a link needs to ask
 * for the same files again.
 *
 * Where the decoded pictures would take more than `DECODED_LIMIT`, they are kept compressed: as the files themselves where these are small,
 * else packed without loss. The worker then lives on and decodes them on demand; the data set's reader is the port to it (`PicturePort`).
 *
 * @throws ImportError when no image or fewer than two batches are left, or there is no memory for them.
 */
export async function importImages(sources: ImageSources, options: ImportOptions): Promise<ImportResult<MessagePort>> {
  const { signal } = options;
  return inWorker(options, async (send, settings, isOver) => {
    send({ type: 'start', name: sources.name, settings });
    let since = performance.now();
    for await (const { files, unreadable } of sources.found) {
      if (unreadable.length > 0) send({ type: 'add', files: [], unreadable });
      for (const file of files) {
        send({ type: 'add', files: [file], unreadable: [] });
        if (performance.now() - since < SENDING_MS) continue;
        await breathe();
        since = performance.now();
        signal?.throwIfAborted();
        // The import has failed, and nobody reads what else is found.
        if (isOver()) return;
      }
    }
    signal?.throwIfAborted();
    send({ type: 'end' });
  });
}

/**
 * The images in a project file, with the splits, classes and names of its run; kept as those of `importImages`.
 * @throws ImportError where one of them cannot be decoded
 */
export function importProject(file: File, options: ImportOptions): Promise<ImportResult<MessagePort>> {
  return inWorker(options, (send, settings) => send({ type: 'project', file, settings }));
}

type Send = (request: ImportRequest) => void;

/**
 * Runs one import in a worker of its own.
 * @param ask sends what is to be imported; `isOver` says whether the import has ended meanwhile
 */
async function inWorker(
  { onProgress, signal, ...settings }: ImportOptions,
  ask: (send: Send, settings: ImportSettings, isOver: () => boolean) => void | Promise<void>,
): Promise<ImportResult<MessagePort>> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./import/import.worker.ts', import.meta.url), { type: 'module' });
  const send = (request: ImportRequest) => worker.postMessage(request);
  let isOver = false;
  return askWorker<ImportResult<MessagePort>>(
    worker,
    {
      onMessage: (data, resolve, reject) => {
        const reply = data as ImportReply;
        isOver ||= reply.type !== 'progress';
        switch (reply.type) {
          case 'progress':
            return onProgress?.(reply.progress);
          case 'done':
            return resolve(reply.result);
          case 'failed':
            return reject(new ImportError(reply.message, reply.skipped, reply.fittingBatch));
          case 'closed':
            keepers.delete(worker);
            return worker.terminate();
          default:
            return reply satisfies never;
        }
      },
      failure: (reason) => new ImportError(`Reading the images stopped: ${reason}. Try again.`),
      signal,
      isNeeded: ({ dataset }) => {
        if ('reader' in dataset) keepers.add(worker);
        return keepers.has(worker);
      },
    },
    () => ask(send, settings, () => isOver),
  );
}
