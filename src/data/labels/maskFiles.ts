import { folderOf } from './directories';
import { normalName } from './folderWords';

/** The end of a mask's name, after the name of its picture: `_mask`, `.mask`, `-seg`, `_ground_truth`, `_mask_1`. */
const ENDING =
  /[_\-. ](masks?|segs?|segmentations?|segm|gts?|ground[_\- ]?truths?|labels?|label[_\- ]?ids|trimaps?|annots?|annotations?|instances?|instance[_\- ]?ids|mattes?)[_\- ]?\d*$/;

const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const withoutEnding = (name: string) => name.replace(/\.[^.]*$/, '');

/**
 * Per image the name of the picture that it is a mask or an annotation of, by its name: `x_mask.png` beside `x.jpg`. null for all others, also
 * for those that have such a name and no picture beside them.
 */
export function maskFiles(paths: readonly string[]): (string | null)[] {
  const names = paths.map((path) => fileName(normalName(path)).toLowerCase());
  const bases = names.map((name) => {
    const stem = withoutEnding(name);
    const base = stem.replace(ENDING, '');
    return base === stem || base === '' ? null : base;
  });
  if (bases.every((base) => base === null)) return bases;
  const keyOf = (i: number, name: string) => `${folderOf(normalName(paths[i]))}\0${name}`;
  const pictures = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    if (bases[i] !== null) continue;
    pictures.set(keyOf(i, withoutEnding(name)), i);
    // Some masks are named after the whole name: `x.jpg.mask.png`.
    pictures.set(keyOf(i, name), i);
  }
  return bases.map((base, i) => {
    const picture = base === null ? undefined : pictures.get(keyOf(i, base));
    return picture === undefined ? null : fileName(paths[picture]);
  });
}
