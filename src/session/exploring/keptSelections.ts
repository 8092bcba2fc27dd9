import type { DatasetInfo } from '../../domain/imageDataset';
import { z } from '../../domain/zod';
import { type PageStorage, readText, writeText } from '../pageText';

/** Images with a name that a person gave them. */
export interface KeptSelection {
  readonly name: string;
  /** Indices in the data set, rising. */
  readonly images: readonly number[];
}

/** The selections of each set of images, the one that was written last first. */
const KEPT = z.array(
  z.object({ images: z.string(), selections: z.array(z.object({ name: z.string(), images: z.string() })) }),
);

const KEY = 'simsiam-lab-selections';
/** Further sets of images are forgotten, those written longest ago first. */
const MOST_SETS = 20;

/**
 * What a set of images is recognised by: the paths in their order, since a selection names places in it. 32 bits of FNV-1a and the count; a
 * mix-up would need a person's two folders with as many images to collide.
 */
export function orderOf({ count, names }: Pick<DatasetInfo, 'count' | 'names'>): string {
  let hash = 0x811c9dc5;
  for (const name of names) {
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x2f, 0x01000193);
  }
  return `${count}-${(hash >>> 0).toString(16)}`;
}

/** Rising indices as ranges: “3-7,12”. */
export function rangesOf(images: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < images.length; i++) {
    const from = images[i];
    while (images[i + 1] === images[i] + 1) i += 1;
    ranges.push(from === images[i] ? `${from}` : `${from}-${images[i]}`);
  }
  return ranges.join(',');
}

/** The indices of ranges, below `count`; null where the text is not of that form. */
export function imagesOf(ranges: string, count: number): number[] | null {
  const images: number[] = [];
  for (const range of ranges.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (match === null) return null;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (from > to || to >= count || from <= (images.at(-1) ?? -1)) return null;
    for (let i = from; i <= to; i++) images.push(i);
  }
  return images;
}

function readAll(storage: PageStorage | null): z.infer<typeof KEPT> {
  try {
    return KEPT.safeParse(JSON.parse(readText(storage, KEY) ?? '[]')).data ?? [];
  } catch {
    return [];
  }
}

/** The selections that were kept of these images; those that cannot be read are left out. */
export function readSelections(storage: PageStorage | null, info: DatasetInfo): KeptSelection[] {
  const order = orderOf(info);
  const own = readAll(storage).find(({ images }) => images === order);
  return (own?.selections ?? []).flatMap(({ name, images }) => {
    const read = imagesOf(images, info.count);
    return read === null ? [] : [{ name, images: read }];
  });
}

/** Keeps the selections of these images in place of those kept before. */
export function writeSelections(
  storage: PageStorage | null,
  info: DatasetInfo,
  selections: readonly KeptSelection[],
): void {
  const order = orderOf(info);
  const others = readAll(storage).filter(({ images }) => images !== order);
  const own = { images: order, selections: selections.map(({ name, images }) => ({ name, images: rangesOf(images) })) };
  writeText(storage, KEY, JSON.stringify([...(selections.length > 0 ? [own] : []), ...others].slice(0, MOST_SETS)));
}
