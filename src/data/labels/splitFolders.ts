import { TEST, TRAIN } from '../../domain/imageDataset';
import type { Folder } from './folderTree';
import { readSplitName, SPLIT_KINDS, type SplitKind, type SplitName } from './splitNames';

export type Split = typeof TRAIN | typeof TEST;

/** A folder that is a split of the images. */
export interface SplitFolder {
  readonly folder: Folder;
  readonly split: Split;
  /** What distinguishes it from splits of other images beside it: `cats` in `cats_train` beside `dogs_train`; null where nothing does. */
  readonly owner: string | null;
}

/** Splits that stand side by side in one folder, and the other folders there. */
export interface SplitLevel {
  readonly splits: readonly SplitFolder[];
  readonly others: readonly Folder[];
  /** The name of the folder that is trained on although it is named as a validation or test set; null where there is a training folder. */
  readonly trainedInstead: string | null;
}

type Named = SplitName & { readonly folder: Folder };

/** The kind to train on: training, else the first of at least two others; null where all are of one kind. */
function trainedKind(kinds: ReadonlySet<SplitKind>): SplitKind | null {
  return kinds.size < 2 ? null : (SPLIT_KINDS.find((kind) => kinds.has(kind)) ?? null);
}

/** The names by what they split: those with equal stems belong together. */
function byStem(named: readonly Named[]): Named[][] {
  const stems = new Map<string, Named[]>();
  for (const name of named) stems.set(name.stem, [...(stems.get(name.stem) ?? []), name]);
  return [...stems.values()];
}

/** Whether the folders beside the splits rule out that these are splits: then `train` is a class among others. */
function areClasses(splits: readonly Named[], others: readonly Folder[], hasTrain: boolean): boolean {
  if (others.length === 0) return false;
  if (!hasTrain) return true;
  const isFlat = splits.every(({ folder }) => folder.folders.length === 0);
  const isPhrase =
    !shareClasses(splits) &&
    splits.some(({ isLast, stem, isAbbreviated }) => !isLast || (isAbbreviated && stem === ''));
  return isPhrase || (isFlat && others.length >= splits.length);
}

/** Whether a folder to train on and another one have at least two folders of the same names, as splits of the same classes do. */
function shareClasses(named: readonly Named[]): boolean {
  const namesIn = (isTrain: boolean) =>
    new Set(
      named
        .filter(({ kind }) => (kind === 'train') === isTrain)
        .flatMap(({ folder }) => folder.folders.map(({ name }) => name)),
    );
  const others = namesIn(false);
  return [...namesIn(true)].filter((name) => others.has(name)).length >= 2;
}

/**
 * Recognises folders that stand side by side as training and test images, e.g. `train` and `test`, `seg_train` and `seg_test`,
 * `Final_Training` and `Final_Test`. Without a training folder, validation and test folders alone are splits, too. null where the names
 * are none, or where they are rather classes: `train` among vehicles, `training shoes` beside `running shoes`.
 * @param isClass folders that a person has called classes
 */
export function splitLevel(folders: readonly Folder[], isClass: (path: string) => boolean): SplitLevel | null {
  const named = folders.flatMap((folder): Named[] => {
    const name = isClass(folder.path) ? null : readSplitName(folder.name);
    return name === null ? [] : [{ ...name, folder }];
  });
  let groups = byStem(named).filter((group) => trainedKind(new Set(group.map(({ kind }) => kind))) !== null);
  // `my_train` beside `test`: no two names are alike, but together they are all that there is.
  const areAll = named.length === folders.length && named.every(({ isLast }) => isLast);
  const isPlain = areAll && named.some(({ stem }) => stem === '');
  if (groups.length === 0 && (isPlain || shareClasses(named))) groups = [named];
  const splits = groups.flat();
  const trained = groups.map((group) => trainedKind(new Set(group.map(({ kind }) => kind))));
  if (splits.length === 0 || trained.some((kind) => kind === null)) return null;
  const others = folders.filter((folder) => !splits.some((split) => split.folder === folder));
  const hasTrain = trained.every((kind) => kind === 'train');
  if (areClasses(splits, others, hasTrain)) return null;
  const isOne = groups.length === 1;
  return {
    splits: groups.flatMap((group, g) =>
      group.map(({ folder, kind, owner }) => ({
        folder,
        split: kind === trained[g] ? TRAIN : TEST,
        owner: isOne || owner === '' ? null : owner,
      })),
    ),
    others,
    trainedInstead: hasTrain ? null : (splits.find(({ kind }) => trained.includes(kind))?.folder.name ?? null),
  };
}
