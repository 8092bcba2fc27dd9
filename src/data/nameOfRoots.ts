import { counted } from '../domain/counted';
/** A dropped or picked thing: its name, and what it is. */
export interface Root {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Names of archives that can be read. */
export const ARCHIVE_NAME = /\.(zip|cbz)$/i;

const counts = (count: number, one: string) => (count === 0 ? [] : [counted(count, one)]);

/** The name to show of dropped or picked things: that of the only one, without the ending of an archive, else e.g. “2 folders and 1 archive”. */
export function nameOfRoots(roots: readonly Root[]): string {
  const [only] = roots;
  if (only === undefined) return 'nothing';
  if (roots.length === 1) return only.isFolder ? only.name : only.name.replace(ARCHIVE_NAME, '');
  const folders = roots.filter(({ isFolder }) => isFolder).length;
  const archives = roots.filter(({ name, isFolder }) => !isFolder && ARCHIVE_NAME.test(name)).length;
  const kinds = [
    ...counts(folders, 'folder'),
    ...counts(archives, 'archive'),
    ...counts(roots.length - folders - archives, 'file'),
  ];
  const last = kinds.pop() ?? '';
  return kinds.length === 0 ? last : `${kinds.join(', ')} and ${last}`;
}
