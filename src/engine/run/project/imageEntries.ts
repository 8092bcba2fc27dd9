import { NO_LABEL } from '../../../domain/imageDataset';
import { IMAGE_COLUMNS, imageFile, SPLIT_NAMES } from '../../../domain/imageIndex';
import { type Cell, csvOf } from '../../../formats/csv';
import { encodePng } from '../../../formats/image/encodePng';
import type { ZipFile } from '../../../formats/zip/writeZip';
import { expectPixels, pixelsOf, type TrainingImages, withPixels } from '../../images/pictureCache';
import type { Pace } from './pace';
import { ENTRIES } from './projectFile';

/** Images whose pixels are had at once where they are kept compressed. */
const DECODED = 16;
/** Images whose rows are written at once. */
const ROWS = 2000;

/** The images of a run as it uses them: an index, and a PNG each. */
export async function* imageEntries(images: TrainingImages, pace: Pace): AsyncGenerator<ZipFile> {
  pace.expect(images.count);
  yield { path: ENTRIES.imageIndex, content: indexCsv(images) };
  const indicesFrom = (start: number) =>
    Array.from({ length: Math.max(0, Math.min(DECODED, images.count - start)) }, (_, i) => start + i);
  for (let start = 0; start < images.count; start += DECODED) {
    const indices = indicesFrom(start);
    // Pixels of compressed images last only as long as this call.
    const pixels = await withPixels(images, indices, () => indices.map((index) => pixelsOf(images, index).slice()));
    expectPixels(images, indicesFrom(start + DECODED));
    for (const [i, index] of indices.entries()) {
      const content = encodePng(pixels[i], images.widths[index], images.heights[index]);
      yield { path: ENTRIES.images + imageFile(index), content };
      pace.done(1);
      await pace.between();
    }
  }
}

function* indexCsv(images: TrainingImages): Generator<Uint8Array> {
  const { count, names, labels, classNames, split, widths, heights } = images;
  const encoded = (rows: readonly (readonly Cell[])[]) => new TextEncoder().encode(csvOf(rows, { exact: true }));
  yield encoded([IMAGE_COLUMNS]);
  for (let from = 0; from < count; from += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, count - from) }, (_, i): Cell[] => {
      const at = from + i;
      const label = labels?.[at] ?? NO_LABEL;
      const className = label === NO_LABEL ? undefined : classNames[label];
      return [imageFile(at), names[at], className, SPLIT_NAMES[split[at]], widths[at], heights[at]];
    });
    yield encoded(rows);
  }
}
