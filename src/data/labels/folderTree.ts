import { normalName } from './folderWords';

/** A folder with the images that it holds. */
export interface Folder {
  /** Normalised, like `path`. */
  readonly name: string;
  /** Path below the dropped root; empty for the root itself. */
  readonly path: string;
  readonly folders: readonly Folder[];
  /** Indices of the images directly in it. */
  readonly images: readonly number[];
  /** Number of images in it and below it. */
  readonly count: number;
}

interface Draft {
  readonly name: string;
  readonly path: string;
  readonly folders: Map<string, Draft>;
  readonly images: number[];
}

const draft = (name: string, path: string): Draft => ({ name, path, folders: new Map(), images: [] });

function finished({ name, path, folders, images }: Draft): Folder {
  const below = [...folders.values()].map(finished);
  return { name, path, folders: below, images, count: below.reduce((sum, { count }) => sum + count, images.length) };
}

/**
 * The folders of some images. Names that differ only in their Unicode form (NFC or NFD) are one folder.
 * @param paths paths of all images below the dropped root
 * @param images indices of the images to include
 */
export function folderTree(paths: readonly string[], images: Iterable<number>): Folder {
  const root = draft('', '');
  for (const i of images) {
    const names = normalName(paths[i]).split('/');
    let folder = root;
    for (const name of names.slice(0, -1)) {
      let next = folder.folders.get(name);
      if (next === undefined) {
        next = draft(name, folder === root ? name : `${folder.path}/${name}`);
        folder.folders.set(name, next);
      }
      folder = next;
    }
    folder.images.push(i);
  }
  return finished(root);
}

/** Indices of the images in a folder and below it. */
export function imagesBelow({ images, folders }: Folder): number[] {
  const all = [...images];
  for (const folder of folders) for (const i of imagesBelow(folder)) all.push(i);
  return all;
}
