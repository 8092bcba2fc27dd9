import { TRAIN } from '../../domain/imageDataset';
import { type Folder, imagesBelow } from './folderTree';
import { type Piece, wrapped } from './pieces';

/** A folder that is a class. */
export interface ClassFolder {
  readonly path: string;
  readonly name: string;
}

export interface ClassNames {
  /** Name of the class per image; null without one. */
  readonly labels: (string | null)[];
  readonly folders: readonly ClassFolder[];
}

/**
 * The folder of a piece in which its classes stand: below wrappers such as `images`. Where the classes are known, the first folder that has
 * one of them, so that a test set of a single class is not taken for a wrapper.
 */
function classParent(piece: Piece, known: ReadonlySet<string>, isClass: (path: string) => boolean): Folder {
  let folder = piece.folder;
  for (let next: Folder | null = folder; next !== null; next = wrapped(next, isClass)) {
    folder = next;
    if (next.folders.some(({ name }) => known.has(name))) break;
  }
  return folder;
}

/**
 * The classes of the pieces: the folders in them, or, where these name fewer than two, the folders above them (`cats/train`). Folders beside
 * the splits are classes only where the training set has the same ones.
 * @param count number of images
 */
export function classesOf(pieces: readonly Piece[], count: number, isClass: (path: string) => boolean): ClassNames {
  const labels = new Array<string | null>(count).fill(null);
  const folders: ClassFolder[] = [];
  const main = pieces.filter(({ isBeside, split }) => !isBeside && split === TRAIN);
  const nothing: ReadonlySet<string> = new Set();
  const known = new Set(main.flatMap((piece) => classParent(piece, nothing, isClass).folders.map(({ name }) => name)));
  const above = known.size < 2 && pieces.some(({ owner }) => owner !== null);
  for (const piece of pieces) {
    if (above) {
      if (piece.owner === null) continue;
      for (const i of imagesBelow(piece.folder)) labels[i] = piece.owner;
      folders.push({ path: piece.folder.path, name: piece.owner });
      continue;
    }
    for (const folder of classParent(piece, main.includes(piece) ? nothing : known, isClass).folders) {
      if (piece.isBeside && !known.has(folder.name)) continue;
      for (const i of imagesBelow(folder)) labels[i] = folder.name;
      folders.push({ path: folder.path, name: folder.name });
    }
  }
  return { labels, folders };
}
