import type { DatasetInfo } from '../../domain/imageDataset';
import type { ImageFindings } from '../../domain/takeAlong';
import { exactGroups, nearGroups } from './duplicates';
import type { ExploringState } from './exploringStore';

/** What exploring found of each image; null before the images were explored. Of duplicates those with a tick are kept, the first of several. */
export function findingsOf(
  { exploration, clusters, leftOut }: Pick<ExploringState, 'exploration' | 'clusters' | 'leftOut'>,
  info: DatasetInfo,
): ImageFindings | null {
  if (exploration === null || exploration.graph.n !== info.count) return null;
  const keptOf = (groups: readonly { readonly images: readonly number[] }[]) => {
    const found = new Int32Array(info.count).fill(-1);
    for (const { images } of groups) {
      const kept = images.find((image) => !leftOut.has(image)) ?? images[0];
      // The surest group of an image comes first.
      for (const image of images) if (image !== kept && found[image] < 0) found[image] = kept;
    }
    return found;
  };
  return {
    clusters:
      clusters === null
        ? null
        : {
            labels: clusters.labels,
            probabilities: clusters.probabilities,
            outlierScores: clusters.outlierScores,
          },
    duplicateOf: keptOf(exactGroups(exploration, info)),
    nearDuplicateOf: exploration.near === null ? null : keptOf(nearGroups(exploration)),
    quality: exploration.quality,
  };
}
