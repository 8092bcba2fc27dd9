import { NO_LABEL, TEST, TRAIN } from '../../domain/imageDataset';

export interface FirstFolderLabels {
  /** Class index per image or `NO_LABEL`; null where the folders name fewer than two classes. */
  readonly labels: Int16Array | null;
  readonly classNames: readonly string[];
  readonly split: Uint8Array;
}

/** Folder names by which common data sets separate training from test images. */
const SPLIT_FOLDERS: Readonly<Record<string, typeof TRAIN | typeof TEST>> = {
  train: TRAIN,
  training: TRAIN,
  test: TEST,
  testing: TEST,
  val: TEST,
  valid: TEST,
  validation: TEST,
};

/** The largest number of classes that Int16 labels can hold; with more folders, the images have no classes. */
const MAX_CLASSES = 2 ** 15 - 1;

function splitNamed(folder: string): typeof TRAIN | typeof TEST | undefined {
  const name = folder.toLowerCase();
  return Object.hasOwn(SPLIT_FOLDERS, name) ? SPLIT_FOLDERS[name] : undefined;
}

/** The part of a path before its first `/`; null for a path without a folder. */
function topFolder(path: string): string | null {
  const slash = path.indexOf('/');
  return slash < 0 ? null : path.slice(0, slash);
}

/**
 * The rule `first`, which links of earlier versions ask for. The first folder of a path is its class. Where the top level has both a training and a test
 * folder (`val` counts as test), the class is the first folder below them. Images outside any class folder have no label.
 * @param paths image paths without the folders that all of them share.
 */
export function labelsByFirstFolder(paths: readonly string[]): FirstFolderLabels {
  const splits = new Set(paths.map((path) => splitNamed(topFolder(path) ?? '')));
  const areSplit = splits.has(TRAIN) && splits.has(TEST);
  const split = new Uint8Array(paths.length).fill(TRAIN);
  const folders = paths.map((path, i) => {
    const top = topFolder(path);
    if (!areSplit || top === null) return top;
    const named = splitNamed(top);
    if (named === undefined) return null;
    split[i] = named;
    return topFolder(path.slice(top.length + 1));
  });
  const classNames = [...new Set(folders.filter((folder) => folder !== null))].sort();
  if (classNames.length < 2 || classNames.length > MAX_CLASSES) return { labels: null, classNames: [], split };
  const indexOf = new Map(classNames.map((name, i) => [name, i]));
  const labels = Int16Array.from(folders, (folder) => (folder === null ? NO_LABEL : (indexOf.get(folder) ?? NO_LABEL)));
  return { labels, classNames, split };
}
