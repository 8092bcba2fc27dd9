import { type ImageSources, sourcesFromDrop, sourcesFromFileList } from '../../data/sources';
import type { Origin } from './datasetLoading';

/**
 * The images of a drop. Call it inside the drop handler: afterwards browsers no longer give access to the files. The files are
 * listed once; loading them again, e.g. at another size, reads the same ones.
 */
export function originOfDrop(transfer: DataTransfer): Origin {
  const controller = new AbortController();
  let report: ((count: number) => void) | undefined;
  const gathered = sourcesFromDrop(transfer, { onFound: (count) => report?.(count), signal: controller.signal });
  // A failure is reported when the images are collected; until then the rejection would be unhandled.
  gathered.catch(() => undefined);
  return {
    kind: 'files',
    title: transfer.items.length === 1 ? (transfer.items[0]?.getAsFile()?.name ?? 'your images') : 'your images',
    collect: ({ onFound, signal }) => {
      report = onFound;
      return untilAborted(gathered, signal, () => controller.abort(signal?.reason));
    },
  };
}

/** The images of a file input, with or without folders. */
export function originOfFiles(files: readonly File[]): Origin {
  const [first] = files;
  const root = first?.webkitRelativePath.split('/', 1)[0] || first?.name;
  return {
    kind: 'files',
    title: files.length === 1 || first?.webkitRelativePath ? (root ?? 'your images') : `${files.length} files`,
    collect: (options) => sourcesFromFileList(files, options),
  };
}

function untilAborted(
  gathered: Promise<ImageSources>,
  signal: AbortSignal | undefined,
  onAbort: () => void,
): Promise<ImageSources> {
  if (signal === undefined) return gathered;
  return new Promise((resolve, reject) => {
    const abort = () => {
      onAbort();
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    gathered.then(resolve, reject);
  });
}
