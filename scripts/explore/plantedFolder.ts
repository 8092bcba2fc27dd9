import sharp from 'sharp';
import type { NearPair, PictureCopies } from '../../src/domain/exploration';
import type { Random } from '../../src/engine/random';
import { nearDuplicates } from '../../src/explore/duplicates/nearDuplicates';
import { AREA, writePictureCopy } from '../../src/explore/duplicates/pictureCopies';
import { finished } from '../../src/explore/work';
import { CHANGES, type Change, type RawPicture } from './plantedChanges';

/** Pictures among which changed copies of some are hidden. */
export interface PlantedFolder {
  readonly copies: PictureCopies;
  /** How many of the pictures, the first ones, are not planted. */
  readonly originals: number;
  /** Of each picture the one that it shows: for originals their own number. */
  readonly shows: readonly number[];
  /** How each planted picture was changed, in their order. */
  readonly changes: readonly Change[];
}

export interface Found {
  /** Share of the planted pictures of each kind that are paired with their originals. */
  readonly recall: Readonly<Record<string, number>>;
  /** Share of all pairs that show the same picture, those left out that the originals alone have among themselves. */
  readonly precision: number;
  /** Pairs among originals, which may well be duplicates that the folder has had before. */
  readonly amongOriginals: number;
  readonly wrong: readonly NearPair[];
}

export async function decoded(bytes: Uint8Array): Promise<RawPicture> {
  const image = sharp(bytes).toColourspace('srgb').removeAlpha().raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Hides changed copies, `count` of each kind, of pictures by chance. */
export async function plant(originals: readonly RawPicture[], count: number, random: Random): Promise<PlantedFolder> {
  const pictures = [...originals];
  const shows = originals.map((_, i) => i);
  const changes: Change[] = [];
  for (const [name, change] of Object.entries(CHANGES)) {
    for (const original of random.permutation(originals.length).subarray(0, count)) {
      pictures.push(await decoded(await change(originals[original], random)));
      shows.push(original);
      changes.push(name as Change);
    }
  }
  const colours = new Uint8Array(pictures.length * 3 * AREA);
  for (const [i, { data, width, height }] of pictures.entries()) {
    const rgba = new Uint8Array(4 * width * height);
    for (let p = 0; p < width * height; p++) for (let c = 0; c < 3; c++) rgba[4 * p + c] = data[3 * p + c];
    writePictureCopy(rgba, width, height, colours.subarray(3 * AREA * i, 3 * AREA * (i + 1)));
  }
  const copies = {
    count: pictures.length,
    colours,
    widths: pictures.map(({ width }) => width),
    heights: pictures.map(({ height }) => height),
  };
  return { copies, originals: originals.length, shows, changes };
}

/** What the search for near duplicates finds in a folder. */
export async function searched({ copies, originals, shows, changes }: PlantedFolder): Promise<Found> {
  const everything = Array.from({ length: copies.count }, (_, i) => i);
  const pairs = await finished(nearDuplicates(copies, everything));
  const key = (a: number, b: number) => Math.min(a, b) * copies.count + Math.max(a, b);
  const found = new Set(pairs.map(({ a, b }) => key(a, b)));
  // Copies of two originals that are alike before anything is planted are alike too.
  const before = new Set(pairs.filter(({ b }) => b < originals).map(({ a, b }) => key(a, b)));
  const right = pairs.filter(({ a, b }) => shows[a] === shows[b]);
  const wrong = pairs.filter(({ a, b }) => shows[a] !== shows[b] && !before.has(key(shows[a], shows[b])));
  const recall = Object.fromEntries(
    Object.keys(CHANGES).map((kind) => {
      const own = changes.flatMap((change, i) => (change === kind ? [originals + i] : []));
      const hits = own.filter((planted) => found.has(key(shows[planted], planted)));
      return [kind, hits.length / own.length];
    }),
  );
  return { recall, precision: right.length / (right.length + wrong.length), amongOriginals: before.size, wrong };
}
