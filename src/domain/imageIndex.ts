import { type DatasetInfo, type KeptShapes, NO_LABEL } from './imageDataset';

/** The list of a project file's images (`images/index.csv`): after a row of headings one row an image, in the order of the data set. */

/** Where the images are in a project file. */
export const IMAGES = 'images/';
export const IMAGE_INDEX = 'images/index.csv';

/** An image without a class has an empty one. */
export const IMAGE_COLUMNS = ['file', 'path', 'class', 'split', 'width', 'height'] as const;

/** How the list names the splits `TRAIN`, `TEST` and `BANK`. */
export const SPLIT_NAMES = ['train', 'test', 'bank'] as const;

/** The file of an image below `images/`: a PNG with the pixels that the run uses, e.g. `000012.png`. */
export function imageFile(index: number): string {
  return `${String(index).padStart(6, '0')}.png`;
}

/** What the list says of all images. */
export interface ImageIndex extends KeptShapes, Pick<DatasetInfo, 'names' | 'labels' | 'classNames' | 'split'> {
  /** Names of the images' files below `images/`. */
  readonly files: readonly string[];
}

/** Pictures are kept with sides of at most so many pixels. */
const LONGEST_SIDE = 0xffff;

const isPlainName = (file: string) => /^[^/\\:]+$/.test(file) && !/^\.+$/.test(file);

/**
 * The list from the cells of its rows, the header first.
 * @param classes the classes by label; null where the data set has no labels
 * @returns what is wrong with it, as the rest of a sentence about the list, where it cannot be used
 */
export function imageIndexOf(
  [header = [], ...rows]: readonly (readonly string[])[],
  classes: readonly string[] | null,
): ImageIndex | string {
  if (header.join() !== IMAGE_COLUMNS.join()) {
    return `has the columns “${header.join().slice(0, 100)}” in place of “${IMAGE_COLUMNS.join()}”`;
  }
  const labelOf = new Map(classes?.map((name, label) => [name, label]));
  const files = new Set<string>();
  const names: string[] = [];
  const labels = new Int16Array(rows.length).fill(NO_LABEL);
  const split = new Uint8Array(rows.length);
  const widths = new Uint16Array(rows.length);
  const heights = new Uint16Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const inRow = (what: string) => `is damaged: in row ${i + 2} ${what}`;
    if (row.length !== IMAGE_COLUMNS.length) {
      return inRow(`there are ${row.length} cells in place of ${IMAGE_COLUMNS.length}`);
    }
    const [file, path, className, part, ...sides] = row;
    if (!isPlainName(file)) return inRow(`the file “${file.slice(0, 100)}” lies outside of ${IMAGES}`);
    if (files.has(file)) return inRow(`the file “${file}” occurs for the second time`);
    files.add(file);
    names.push(path);
    const label = className === '' ? NO_LABEL : labelOf.get(className);
    if (label === undefined) return inRow(`the class “${className.slice(0, 100)}” is none of those in project.json`);
    labels[i] = label;
    const splitIndex = (SPLIT_NAMES as readonly string[]).indexOf(part);
    if (splitIndex < 0) return inRow(`the split is “${part.slice(0, 100)}” in place of ${SPLIT_NAMES.join(', ')}`);
    split[i] = splitIndex;
    const [width, height] = sides.map((side) => (/^\d{1,5}$/.test(side) ? Number(side) : 0));
    if (width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE) {
      return inRow(`the size is “${sides.join(' x ').slice(0, 100)}” in place of pixels from 1 to ${LONGEST_SIDE}`);
    }
    widths[i] = width;
    heights[i] = height;
  }
  return {
    files: [...files],
    names,
    labels: classes === null ? null : labels,
    classNames: classes ?? [],
    split,
    widths,
    heights,
  };
}
