import type { FolderCorrections, FolderRole } from '../../domain/folderCorrections';
import { comparePaths } from '../import/paths';
import { normalName } from './folderWords';

/** The folder that all of the paths lie in, with a `/` at its end; empty where they share none. */
function commonFolder(paths: readonly string[]): string {
  const [first] = paths;
  if (first === undefined) return '';
  let common = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of paths) {
    while (!path.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  }
  return common;
}

/** The paths without the folder that all of them lie in: the dropped root, a wrapper folder. */
export function stripCommonFolders(paths: readonly string[]): string[] {
  const { length } = commonFolder(paths);
  return paths.map((path) => path.slice(length));
}

/** The folder of a path; empty for a path without a folder. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** A path and the folders that it lies in, the deepest first; the last one is the root. */
export function upwards(path: string): string[] {
  const all = [path];
  for (let next = path; next !== ''; ) {
    next = folderOf(next);
    all.push(next);
  }
  return all;
}

/** All folders of the paths, and those that they lie in, in Unicode form NFC and sorted by code units; the first is the root, an empty path. */
export function allFolders(paths: readonly string[]): string[] {
  const folders = new Set(['']);
  for (const path of paths) {
    for (const folder of upwards(folderOf(normalName(path)))) {
      if (folder !== '' && folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders].sort(comparePaths);
}

/** A person's corrections by the paths of the folders; null where a position is not in the list. */
export function correctedRoles(
  folders: readonly string[],
  corrections: FolderCorrections,
): ReadonlyMap<string, FolderRole> | null {
  const roles = new Map<string, FolderRole>();
  for (const { position, role } of corrections) {
    const path = folders[position];
    if (path === undefined) return null;
    roles.set(path, role);
  }
  return roles;
}
