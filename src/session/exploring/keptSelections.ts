import { orderOf } from '../../domain/derivation';
import type { DatasetInfo } from '../../domain/imageDataset';
import { imagesOf, rangesOf } from '../../domain/imageRanges';
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
