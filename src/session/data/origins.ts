import { SAMPLES } from '../../data/sample/catalogue';
import { sourcesFromDrop, sourcesFromFileList } from '../../data/sources';
import { counted } from '../../domain/counted';
import type { SampleId } from '../../domain/imageDataset';
import type { FilesOrigin, Origin } from './datasetLoading';

/** The images of a sample. */
export function originOfSample(id: SampleId): Origin {
  const { title, count: total, parts } = SAMPLES[id];
  const [first] = parts;
  const isOne = first === undefined || parts.length === 1;
  return { kind: 'sample', id, title, ...(isOne ? {} : { parts: { total, first: first.images } }) };
}

/**
 * The images of a drop. Call it inside the drop handler: afterwards browsers no longer give access to the files. Folders are
 * walked once; loading the images again, e.g. at another size, reads the same files.
 */
export function originOfDrop(transfer: DataTransfer): FilesOrigin {
  const sources = sourcesFromDrop(transfer);
  // A failure is reported when the images are collected; until then the rejection would be unhandled.
  sources.catch(() => undefined);
  return {
    kind: 'files',
    title: transfer.items.length === 1 ? (transfer.items[0]?.getAsFile()?.name ?? 'your images') : 'your images',
    collect: () => sources,
  };
}

/** The images of a file input, with or without folders. */
export function originOfFiles(files: readonly File[]): FilesOrigin {
  const [first] = files;
  const root = first?.webkitRelativePath.split('/', 1)[0] || first?.name;
  return {
    kind: 'files',
    title: files.length === 1 || first?.webkitRelativePath ? (root ?? 'your images') : counted(files.length, 'file'),
    collect: () => sourcesFromFileList(files),
  };
}
