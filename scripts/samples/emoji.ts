import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import sharp from 'sharp';
import { NO_LABEL, TEST, TRAIN } from '../../src/domain/imageDataset';
import { type EmojiName, nameEmoji } from './emojiNames';
import type { PackedSample } from './packedSample';

const TILE = 64;
const HELD_OUT_SHARE = 0.2;
const SEED = 1;

interface Emoji extends EmojiName {
  readonly file: string;
}

function groupBy<Key>(emojis: readonly Emoji[], keyOf: (emoji: Emoji) => Key): Map<Key, Emoji[]> {
  const groups = new Map<Key, Emoji[]>();
  for (const emoji of emojis) {
    const key = keyOf(emoji);
    groups.set(key, [...(groups.get(key) ?? []), emoji]);
  }
  return groups;
}

/**
 * A fifth of the base emoji of each group is held out with all its variants. One variant of each, drawn at random, is the test image.
 * The others are nearly copies of it, so they are neither trained on nor used as kNN voters: split `TEST`, no label.
 */
function holdOutBases(emojis: readonly Emoji[]): { readonly tested: Set<Emoji>; readonly held: Set<Emoji> } {
  const random = mersenne(SEED);
  const tested = new Set<Emoji>();
  const held = new Set<Emoji>();
  for (const group of groupBy(
    emojis.filter((emoji) => emoji.group !== null),
    (emoji) => emoji.group,
  ).values()) {
    const bases = [...groupBy(group, (emoji) => emoji.base).values()];
    for (let count = Math.round(HELD_OUT_SHARE * bases.length); count > 0; count--) {
      const [variants] = bases.splice(uniformInt(random, 0, bases.length - 1), 1);
      for (const variant of variants) held.add(variant);
      tested.add(variants[uniformInt(random, 0, variants.length - 1)]);
    }
  }
  return { tested, held };
}

/** 256 px with transparency to 64 px on white, as RGB bytes. */
async function draw(file: string): Promise<Uint8Array> {
  return sharp(file).flatten({ background: '#fff' }).resize(TILE, TILE).removeAlpha().raw().toBuffer();
}

/** Emoji 3D: every image of `@lobehub/fluent-emoji-3d`, in Unicode's order, with Unicode's names and groups. */
export async function packEmoji(): Promise<PackedSample> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@lobehub/fluent-emoji-3d/package.json')), 'assets');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.webp')).sort();
  const emojis = files
    .map((file): Emoji => ({ ...nameEmoji(file.slice(0, -'.webp'.length)), file: join(folder, file) }))
    .sort((a, b) => a.order - b.order || (a.file < b.file ? -1 : 1));
  const { tested, held } = holdOutBases(emojis);
  const classNames = [...new Set(emojis.map(({ group }) => group).filter((group) => group !== null))];
  const labelOf = (emoji: Emoji) =>
    emoji.group === null || (held.has(emoji) && !tested.has(emoji)) ? NO_LABEL : classNames.indexOf(emoji.group);
  const images: Uint8Array[] = [];
  for (const { file } of emojis) images.push(await draw(file));
  return {
    channels: 3,
    images,
    manifest: {
      tile: TILE,
      columns: 4,
      padding: 0,
      classNames,
      names: emojis.map(({ label }) => label),
      labels: emojis.map(labelOf),
      split: emojis.map((emoji) => (held.has(emoji) ? TEST : TRAIN)),
    },
  };
}
