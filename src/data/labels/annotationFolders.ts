import type { Folder } from './folderTree';
import { imagesBelow } from './folderTree';
import { isFiller, namesPictures, wordsOf } from './folderWords';
import { readSplitName } from './splitNames';

/** Words that are hardly ever a class. */
const CERTAIN = /^(trimaps?|groundtruths?|annotations?|annots?|segmentations?|segmaps?|labelmaps?)$/;
/** Words that may be a class, e.g. face masks; they need a sign that the folder belongs to the pictures beside it. */
const POSSIBLE = /^(masks?|labels?|gts?|mattes?|segs?|manuals?|instances?|bboxes|bbox)$/;
/** A split word and such a word without a separator, e.g. `trainannot`. */
const GLUED = /^(?:train|test|val|valid)(annotations?|annots?|masks?|labels?|gt)$/;
/** Words that make such a name a property of what is pictured, e.g. `no_mask`. */
const PROPERTY = /^(no|not|non|without|with|wo|w)$/;

type Certainty = 'certain' | 'possible' | null;

/** Whether a folder is named as one of masks or annotations. */
function certaintyOf(name: string): Certainty {
  const words = wordsOf(name);
  if (words.some((word) => PROPERTY.test(word))) return null;
  const isGround = words.some((word, i) => word === 'ground' && /^truths?$/.test(words[i + 1] ?? ''));
  if (isGround || words.some((word) => CERTAIN.test(word) || GLUED.test(word))) return 'certain';
  return words.some((word) => POSSIBLE.test(word)) ? 'possible' : null;
}

/** The words of a name without those of annotations and pictures: equal for `train` and `train_masks`, `X-Image` and `X-Mask`. */
function topic(name: string): string {
  return wordsOf(name)
    .filter((word) => !CERTAIN.test(word) && !POSSIBLE.test(word) && !/^(ground|truth)$/.test(word))
    .filter((word) => !isFiller(word))
    .join(' ');
}

/** The name of a file without its ending and without the words by which a mask differs from its picture. */
function stemOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return file
    .replace(/\.[^.]*$/, '')
    .replace(
      /[_\-. ]*(masks?|segmentation|seg|gt|labels?|labelids|instanceids|trimap|annotations?|groundtruth|matte|color|l)$/,
      '',
    );
}

/** The share of the first names that are also among the second, in [0, 1]. */
function overlap(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let both = 0;
  for (const name of some) if (others.has(name)) both++;
  return some.size === 0 ? 0 : both / some.size;
}

/**
 * The topmost folders of masks, trimaps, ground truth or annotations that lie beside the pictures that they belong to. A class with such a
 * name (face masks beside hats) is none of them, nor are folders without pictures beside them.
 * @param paths paths of all images
 * @param isKept folders that a person has asked for
 */
export function annotationFolders(root: Folder, paths: readonly string[], isKept: (path: string) => boolean): Folder[] {
  const stems = (images: readonly number[]) => new Set(images.map((i) => stemOf(paths[i])));

  const belongs = (folder: Folder, certainty: Certainty, parent: Folder, beside: readonly Folder[]): boolean => {
    if (beside.length === 0 && parent.images.length === 0) return false;
    if (certainty === 'certain') return true;
    if (beside.length === 0) return true;
    if (beside.some(({ name }) => namesPictures(name) || readSplitName(name) !== null)) return true;
    const own = topic(folder.name);
    if (own !== '' && beside.some(({ name }) => topic(name) === own)) return true;
    const others = new Set(beside.map(({ name }) => name));
    if (folder.folders.length > 0 && folder.folders.every(({ name }) => others.has(name))) return true;
    const mine = stems(imagesBelow(folder));
    const theirs = beside.map((other) => stems(imagesBelow(other)));
    const all = new Set([...theirs.flatMap((some) => [...some]), ...stems(parent.images)]);
    if (overlap(mine, all) < 0.8) return false;
    // Where the files of each folder are numbered from 1, equal names say nothing.
    if ([...mine].every((stem) => /^\D{0,3}\d*$/.test(stem)) && beside.length === 1) return false;
    return theirs.every((some, i) => theirs.slice(i + 1).every((more) => overlap(some, more) < 0.2));
  };

  const found: Folder[] = [];
  const visit = (parent: Folder) => {
    const named = new Map(
      parent.folders.map((folder) => [folder, isKept(folder.path) ? null : certaintyOf(folder.name)]),
    );
    const beside = parent.folders.filter((folder) => named.get(folder) === null);
    for (const folder of parent.folders) {
      const certainty = named.get(folder) ?? null;
      if (certainty !== null && belongs(folder, certainty, parent, beside)) found.push(folder);
      else visit(folder);
    }
  };
  visit(root);
  return found.reduce((sum, { count }) => sum + count, 0) < root.count ? found : [];
}
