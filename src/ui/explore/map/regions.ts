import type { Clusters } from '../../../domain/exploration';
import type { DatasetInfo } from '../../../domain/imageDataset';
import { grouped } from '../../numbers';

/** A cluster as it is named on the map. */
export interface Region {
  readonly cluster: number;
  readonly size: number;
  /** Its class where most of its images have one: “mostly ‘cat’”; else “cluster 7”. */
  readonly name: string;
}

/** The most frequent class of some images, with its share of all of them; null where none has a class. */
function mainClass(
  images: readonly number[],
  { labels, classNames }: DatasetInfo,
): [name: string, share: number] | null {
  if (labels === null) return null;
  const counts = new Map<number, number>();
  for (const image of images) if (labels[image] >= 0) counts.set(labels[image], (counts.get(labels[image]) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most === undefined ? null : [classNames[most[0]] ?? `class ${most[0]}`, most[1] / images.length];
}

/** The clusters with their names, the largest first. */
export function regionsOf({ labels, medoids }: Clusters, info: DatasetInfo): Region[] {
  const members: number[][] = Array.from({ length: medoids.length }, () => []);
  labels.forEach((cluster, image) => {
    if (cluster >= 0) members[cluster]?.push(image);
  });
  return members
    .map((images, cluster) => {
      const most = mainClass(images, info);
      const name =
        most === null ? `cluster ${cluster + 1}` : most[1] >= 0.5 ? `mostly ‘${most[0]}’` : `‘${most[0]}’ and others`;
      return { cluster, size: images.length, name };
    })
    .sort((a, b) => b.size - a.size || a.cluster - b.cluster);
}

/** “mostly ‘cat’, 41”, “cluster 7, 41 images” */
export function regionWords({ name, size }: Region): string {
  return name.startsWith('cluster ') ? `${name}, ${grouped(size)} images` : `${name}, ${grouped(size)}`;
}

/**
 * The middle of each cluster's upper edge [clusters, 2] on the map: above most of its images.
 * @param labels [n]: the cluster of each image, or -1
 * @param positions [n, 2]
 */
export function regionTops(labels: Int32Array, clusters: number, positions: Float32Array): Float32Array {
  const sums = new Float64Array(4 * clusters);
  const least = new Float64Array(clusters).fill(Infinity);
  for (let i = 0; i < labels.length; i++) {
    const cluster = labels[i];
    if (cluster < 0) continue;
    const y = positions[2 * i + 1];
    least[cluster] = Math.min(least[cluster], y);
    sums[4 * cluster] += 1;
    sums[4 * cluster + 1] += positions[2 * i];
    sums[4 * cluster + 2] += y;
    sums[4 * cluster + 3] += y * y;
  }
  const tops = new Float32Array(2 * clusters);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const [count, x, y, squares] = sums.subarray(4 * cluster, 4 * cluster + 4);
    const mean = y / count;
    const spread = Math.sqrt(Math.max(0, squares / count - mean * mean));
    // Not above its uppermost image, which may be at the edge of the map.
    tops.set([x / count, Math.max(least[cluster], mean - 2 * spread)], 2 * cluster);
  }
  return tops;
}
