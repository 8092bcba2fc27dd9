/** Folder names in the form in which they are compared: macOS writes letters with accents as two characters, other systems as one. */
export function normalName(name: string): string {
  return name.normalize('NFC');
}

/** Words that say only what a folder holds or where it comes from, e.g. in `train_images` or `my_test_set_v2`. */
const FILLERS = new Set(
  (
    'all by class classes classification clean cleaned cls crop cropped crops data dataset datasets dir directory file files final ' +
    'fold folder folders folds full image images img imgs labeled labelled large loc mini my new old original part parts pic pics ' +
    'photo photos picture pictures png pngs jpg jpgs jpeg jpegs private processed public px raw resized sample samples set sets small split splits ' +
    'sub subset the v version x'
  ).split(' '),
);

/** Whether a word says nothing about the content of a folder: a filler or a number, such as a year. */
export function isFiller(word: string): boolean {
  return FILLERS.has(word) || /^\d+$/.test(word);
}

const CONTAINERS = new Set(
  (
    'color colour data dataset frame frames image images img imgs input inputs jpeg jpegs jpg jpgs original originals photo photos pic ' +
    'pics picture pictures png pngs raw rgb scan scans'
  ).split(' '),
);

/** Whether a folder is named as one that holds the pictures themselves, e.g. `images`, `JPEGImages`, `leftImg8bit`. */
export function namesPictures(folder: string): boolean {
  return wordsOf(folder).some((word) => CONTAINERS.has(word));
}

const AUXILIARY = new Set(
  (
    'asset assets demo demos doc docs documentation example examples fig figs figure figures icon icons logo logos media meta metadata ' +
    'misc notebooks paper preview previews readme results screenshot screenshots scripts src static teaser thumbnails visualization web'
  ).split(' '),
);

/** Whether a folder is named as one that accompanies a data set, e.g. `docs` or `assets`. */
export function isAuxiliary(folder: string): boolean {
  const words = wordsOf(folder);
  return (
    words.length > 0 &&
    words.every((word) => AUXILIARY.has(word) || isFiller(word)) &&
    words.some((word) => AUXILIARY.has(word))
  );
}

/** The words of a folder name in lower case: `trainSet_2020` has train, set, 2020. */
export function wordsOf(folder: string): string[] {
  return partsOf(folder).map(({ word }) => word);
}

/** The words of a folder name with their places in the normalised name. */
export function partsOf(folder: string): { readonly word: string; readonly start: number; readonly end: number }[] {
  const matches = normalName(folder).matchAll(/\p{Lu}+(?![\p{Ll}])|\p{L}\p{M}*(?:[\p{Ll}\p{Lo}\p{M}])*|\d+/gu);
  return [...matches].map((match) => ({
    word: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
