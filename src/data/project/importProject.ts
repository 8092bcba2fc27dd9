import { counted } from '../../domain/counted';
import { type LoadedDataset, largestShortSide } from '../../domain/imageDataset';
import { factsOf, imagesOfRun } from '../../domain/imagesOfRun';
import type { ByteSource } from '../../formats/byteSource';
import { UnusableFile } from '../../formats/unusableFile';
import { openPackedFolder } from '../../formats/zip/packedFolder';
import { selected } from '../import/assembleDataset';
import { ProgressMeter } from '../import/progressMeter';
import { type Decoder, readEntries } from '../import/readImages';
import { decodedPictures, imagesOf } from '../import/runImport';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import { type ProjectImages, projectInfo, readProjectImages } from './projectImages';

/**
 * The data set in a project file, with the splits, classes and names of its run: the same pixels where `settings` keep pictures as the run did.
 * In the page's worker and under Node, as `runImport`.
 * @throws ImportError where an image cannot be decoded, or the file not be used
 */
export async function importProject(
  archive: ByteSource,
  fileName: string,
  settings: ImportSettings,
  decoders: readonly Decoder[],
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  const project = await opened(archive, fileName);
  const images = project.entries.map((entry, i) => ({ path: project.index.names[i], entry }));
  const meter = new ProgressMeter(onProgress);
  const read = await readEntries(archive, images, settings, decoders, meter);
  const [bad] = read.skips.sorted();
  if (bad !== undefined) {
    const all = read.skips.sorted();
    const more = all.length > 1 ? `, and ${counted(all.length - 1, 'other image')} cannot be read either` : '';
    throw new ImportError(`“${fileName}” cannot be used: its image ${bad.path} ${bad.reason}${more}.`, all);
  }
  const pictures = decodedPictures(read, imagesOf(read), decoders, (share) => meter.comparing(share, images.length));
  const info = projectInfo(project);
  const chosen = imagesOfRun(info.split, settings.images ?? 0);
  const shown = selected(pictures, [...chosen]);
  const counts = { size: largestShortSide(shown), count: chosen.length };
  const dataset: LoadedDataset = { ...info, ...counts, ...factsOf(info, chosen), ...shown };
  return { dataset, skipped: [], plan: null };
}

async function opened(archive: ByteSource, fileName: string): Promise<ProjectImages> {
  try {
    const folder = await openPackedFolder(archive, 'project.json');
    if (folder === null) throw new UnusableFile('is no project file any more');
    return await readProjectImages(folder);
  } catch (error) {
    if (error instanceof UnusableFile) throw new ImportError(`“${fileName}” ${error.message}.`);
    throw new ImportError(`“${fileName}” could not be read: it may have been moved, changed or deleted.`);
  }
}
