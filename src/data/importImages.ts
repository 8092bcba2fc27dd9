import { askWorker } from './askWorker';
import { breathe } from './import/breathe';
import type { ImportReply, ImportRequest } from './import/messages';
import { ImportError } from './importError';
import type { ImportOptions, ImportResult } from './importTypes';
import type { ImageSources } from './sources';

/** Files per message. Few, because Chromium asks its main process for each file that is sent, and the page waits for the answer. */
const PORTION = 10;

const REPORT_EVERY_MS = 100;
const LISTING = { phase: 'listing', imagesPerSecond: 0, remainingSeconds: null } as const;

/**
 * Decodes files into a data set: JPEG, PNG, WebP, GIF (first frame), BMP and AVIF, and the same inside .zip archives. Each image is
 * turned upright (EXIF), laid on white where it is transparent, cut to its centre square and scaled to `size`.
 *
 * Workers do all of it; the page stays responsive. Bad files are skipped and listed; they do not end the import. Images are in the
 * order of their paths, and the result depends only on the files, the settings. Labels and splits follow the folders
 * (`labels/planFolders.ts`); `dataset.source` holds what a link needs to ask for the same files again.
 *
 * @throws ImportError when no image or fewer than two batches are left, or all of them would not fit in memory.
 */
export async function importImages(sources: ImageSources, options: ImportOptions): Promise<ImportResult> {
  const { onProgress, signal, ...settings } = options;
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./import/import.worker.ts', import.meta.url), { type: 'module' });
  const send = (request: ImportRequest) => worker.postMessage(request);
  return askWorker<ImportResult>(
    worker,
    {
      onMessage: (data, resolve, reject) => {
        const reply = data as ImportReply;
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
      let lastReport = performance.now();
      for (let i = 0; i < sources.files.length; i += PORTION) {
        send({ type: 'add', files: sources.files.slice(i, i + PORTION) });
        if (performance.now() - lastReport > REPORT_EVERY_MS) {
          lastReport = performance.now();
          onProgress?.({ ...LISTING, done: i, total: sources.files.length, skipped: sources.unreadable.length });
        }
        await breathe();
        signal?.throwIfAborted();
      }
      send({ type: 'start', name: sources.name, unreadable: sources.unreadable, settings });
    },
  );
}
