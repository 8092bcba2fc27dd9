import { TEST, TRAIN } from '../../domain/imageDataset';
import type { Folder } from './folderTree';
import { isAuxiliary } from './folderWords';
import { type Split, splitLevel } from './splitFolders';
import { readSplitName } from './splitNames';

/** A part of the images whose classes are the folders in it. */
export interface Piece {
  readonly folder: Folder;
  readonly split: Split;
  /** The class that the folders above it name, as in `cats/train`; null where they name none. */
  readonly owner: string | null;
  /** Whether it lies beside the splits: its folders are classes only where the splits have the same ones. */
  readonly isBeside: boolean;
}

export interface Division {
  readonly pieces: readonly Piece[];
  /** Folders that are splits, with the split that they are. */
  readonly splits: readonly { readonly path: string; readonly split: Split }[];
  /** Names of folders that are trained on although they are named as validation or test sets. */
  readonly trainedInstead: readonly string[];
}

type IsClass = (path: string) => boolean;

/** Folders named as accompanying ones count as such only with few images: at most five, or a twentieth. */
function accompanies({ name, count }: Folder, all: number): boolean {
  return isAuxiliary(name) && (count <= 5 || 20 * count <= all);
}

/**
 * The folder below that holds the data set, where this one is only a wrapper around it: the only folder, or the only one besides folders such
 * as `docs`. Images beside it do not matter. null where this folder holds classes, or images and no folders.
 */
export function wrapped({ folders, count }: Folder, isClass: IsClass): Folder | null {
  const main = folders.filter((folder) => !accompanies(folder, count));
  const [only, another] = main.length === 0 ? folders : main;
  if (only === undefined || another !== undefined) return null;
  return only.folders.length === 0 || isClass(only.path) ? null : only;
}

/** The first folder from this one down that has splits in it, where only wrappers lie between. */
function levelBelow(folder: Folder, isClass: IsClass): Folder | null {
  for (let next: Folder | null = folder; next !== null; next = wrapped(next, isClass)) {
    if (splitLevel(next.folders, isClass) !== null) return next;
  }
  return null;
}

const NOTHING: Division = { pieces: [], splits: [], trainedInstead: [] };

function together(divisions: readonly Division[]): Division {
  return {
    pieces: divisions.flatMap(({ pieces }) => pieces),
    splits: divisions.flatMap(({ splits }) => splits),
    trainedInstead: divisions.flatMap(({ trainedInstead }) => trainedInstead),
  };
}

/** The images of a folder that belongs to a split: those of splits within it are divided again, within a test folder all are test images. */
export function divideSplit(folder: Folder, split: Split, owner: string | null, isClass: IsClass): Division {
  const level = levelBelow(folder, isClass);
  const division: Division =
    level === null ? { ...NOTHING, pieces: [{ folder, split, owner, isBeside: false }] } : divide(level, isClass);
  const own = (piece: Piece): Piece => ({
    ...piece,
    split: split === TEST ? TEST : piece.split,
    owner: piece.owner ?? owner,
  });
  return { ...division, splits: [{ path: folder.path, split }, ...division.splits], pieces: division.pieces.map(own) };
}

/** The images of a folder that lies beside splits, e.g. `extra`. */
function divideBeside(folder: Folder, isClass: IsClass): Division {
  const level = levelBelow(folder, isClass);
  if (level !== null) return divide(level, isClass);
  return { ...NOTHING, pieces: [{ folder, split: TRAIN, owner: null, isBeside: true }] };
}

/** Splits within the classes, as in `cats/train`, `cats/test`, `dogs/train`: where at least half of the folders have them. */
function divideWithin(folders: readonly Folder[], isClass: IsClass): Division | null {
  const levels = folders.map((folder) => levelBelow(folder, isClass));
  const count = levels.filter((level) => level !== null).length;
  if (folders.length < 2 || 2 * count < folders.length) return null;
  return together(
    folders.map((folder, i) => {
      const level = levels[i];
      const [only] = folder.folders;
      const lone = folder.folders.length === 1 && only !== undefined ? readSplitName(only.name) : null;
      const split = lone === null || lone.kind === 'train' ? TRAIN : TEST;
      const inside =
        level === null ? divideSplit(lone === null ? folder : only, split, null, isClass) : divide(level, isClass);
      return { ...inside, pieces: inside.pieces.map((piece) => ({ ...piece, owner: piece.owner ?? folder.name })) };
    }),
  );
}

/** Divides the images of a folder into parts by the splits in it, wherever they stand; without splits, all are one part to train on. */
export function divide(root: Folder, isClass: IsClass): Division {
  for (let folder: Folder | null = root; folder !== null; folder = wrapped(folder, isClass)) {
    const level = splitLevel(folder.folders, isClass);
    if (level !== null) {
      const { splits, others, trainedInstead } = level;
      const parts = splits.map((part) => divideSplit(part.folder, part.split, part.owner, isClass));
      const division = together([...parts, ...others.map((other) => divideBeside(other, isClass))]);
      const named = trainedInstead === null ? [] : [trainedInstead];
      return { ...division, trainedInstead: [...named, ...division.trainedInstead] };
    }
    const within = divideWithin(folder.folders, isClass);
    if (within !== null) return within;
  }
  return { ...NOTHING, pieces: [{ folder: root, split: TRAIN, owner: null, isBeside: false }] };
}
