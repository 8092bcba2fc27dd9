import type { Folder } from './folderTree';
import { isFiller, wordsOf } from './folderWords';
import { readSplitName } from './splitNames';

const UNLABELLED = /^(unlabell?ed|unlabel|unsup|unsupervised|unannotated|nolabels?)$/;
const LABEL = /^(labels?|labell?ed|annotations?|class|classes)$/;

/** Whether a folder is named as one of images without labels, e.g. `unlabeled2017`, `no_label`, `train_unlabelled`. */
function isUnlabelled(name: string): boolean {
  const words = wordsOf(name);
  const isNegated = (i: number) => /^(no|without|non|not)$/.test(words[i] ?? '') && LABEL.test(words[i + 1] ?? '');
  const rest = words.filter((word, i) => !UNLABELLED.test(word) && !isNegated(i) && !(i > 0 && isNegated(i - 1)));
  if (rest.length === words.length) return false;
  return rest.every((word) => isFiller(word) || readSplitName(word) !== null);
}

/**
 * The topmost folders of unlabelled images beside others, as in `labeled/a`, `labeled/b`, `unlabeled` or `train`, `test`, `unlabeled`.
 * @param isKept folders that a person has corrected
 */
export function unlabelledFolders(root: Folder, isKept: (path: string) => boolean): Folder[] {
  const named = root.folders.filter(({ name, path }) => !isKept(path) && isUnlabelled(name));
  const others = root.folders.filter((folder) => !named.includes(folder));
  const found = others.length === 0 ? [] : named;
  const inside = others.length === 0 ? root.folders : others;
  return [...found, ...inside.flatMap((folder) => unlabelledFolders(folder, isKept))];
}
