import { askWorker } from './askWorker';
import { breathe } from './import/breathe';
import type { ImportReply, ImportRequest } from './import/messages';
import { ImportError } from './importError';
import type { ImportOptions, ImportResult } from './importTypes';
import type { ImageSources } from './sources';

/** How long files are sent before the page may draw. Chromium asks its main process for each one, and the page waits for the answer. */
const SENDING_MS = 8;

/**
 * Decodes files into a data set: JPEG, PNG, WebP, GIF (first frame), BMP, AVIF, TIFF (first page) and HEIC, and the same inside .zip
 * archives. Each image is turned upright (EXIF), laid on white where it is transparent, and scaled down to its source size.
 *
 * Workers do all of it; the page stays responsive. Bad files are skipped and listed; they do not end the import. Images are in the
 * order of their paths, decoding begins while folders are still being walked, and the result depends only on the files and the settings.
 * Labels and splits follow the folders (`labels/planFolders.ts`) and a person's corrections; `dataset.source` holds what a link needs to ask
 * for the same files again.
 *
 * @throws ImportError when no image or fewer than two batches are left, or all of them would not fit in memory.
 */
export async function importImages(sources: ImageSources, options: ImportOptions): Promise<ImportResult> {
  const { onProgress, signal, ...settings } = options;
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./import/import.worker.ts', import.meta.url), { type: 'module' });
  const send = (request: ImportRequest) => worker.postMessage(request);
  let isOver = false;
  return askWorker<ImportResult>(
    worker,
    {
      onMessage: (data, resolve, reject) => {
        const reply = data as ImportReply;
        isOver = reply.type !== 'progress';
        switch (reply.type) {
          case 'progress':
            return onProgress?.(reply.progress);
          case 'done':
            return resolve(reply.result);
          case 'failed':
            return reject(new ImportError(reply.message, reply.skipped, reply.fittingBatch));
          default:
            return reply satisfies never;
        }
      },
      failure: (reason) => new ImportError(`Reading the images stopped: ${reason}. Try again.`),
      signal,
    },
    async () => {
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
          if (isOver) return;
        }
      }
      signal?.throwIfAborted();
      send({ type: 'end' });
    },
  );
}
