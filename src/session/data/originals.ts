import { withoutControls } from '../../data/import/paths';
import type { FilesOrigin } from './datasetLoading';

/**
 * The file of an image, by its name in the data set: its path, without the folder that was dropped. null where it is in an archive, or where two
 * files have that name.
 */
export async function originalOf(origin: FilesOrigin, name: string): Promise<Blob | null> {
  const { found } = await origin.collect();
  const matches: Blob[] = [];
  for await (const { files } of found) {
    for (const { path, blob } of files) {
      const shown = withoutControls(path);
      const isIt = shown === name || shown.slice(shown.indexOf('/') + 1) === name;
      if (isIt && blob instanceof Blob) matches.push(blob);
    }
  }
  return matches.length === 1 ? (matches[0] ?? null) : null;
}
