import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import sharp from 'sharp';
import type { SampleManifest } from '../../src/data/sample/unpackSample';
import { NO_LABEL, TEST, TRAIN } from '../../src/domain/imageDataset';
import { type EmojiName, nameEmoji } from './emojiNames';
import { nearTwins } from './nearTwins';
import type { PackedSample } from './packedSample';

const TILE = 64;
const HELD_OUT_SHARE = 0.2;
const SEED = 1;

interface Emoji extends EmojiName {
  readonly file: string;
}

/** The images that are held out, and those of them that are test images. */
interface HeldOut {
  readonly tested: ReadonlySet<Emoji>;
  readonly held: ReadonlySet<Emoji>;
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
function holdOutBases(emojis: readonly Emoji[]): HeldOut {
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

/**
 * The same with every base emoji held out, too, that has a near twin of a held-out image among its variants, directly or through others:
 * such a twin is neither trained on nor a kNN voter. A picture that appears in two classes so keeps the class of its test image.
 */
function withTwins({ tested, held }: HeldOut, emojis: readonly Emoji[], images: readonly Uint8Array[]): HeldOut {
  const variants = groupBy(emojis, (emoji) => emoji.base);
  const twins = nearTwins(images, TILE);
  const all = new Set(held);
  const open = [...held];
  for (let emoji = open.pop(); emoji !== undefined; emoji = open.pop()) {
    for (const index of twins[emojis.indexOf(emoji)]) {
      for (const variant of variants.get(emojis[index].base) ?? []) {
        if (all.has(variant)) continue;
        all.add(variant);
        open.push(variant);
      }
    }
  }
  return { tested, held: all };
}

/** 256 px with transparency to 64 px on white, as RGB bytes. */
async function draw(file: string): Promise<Uint8Array> {
  return sharp(file).flatten({ background: '#fff' }).resize(TILE, TILE).removeAlpha().raw().toBuffer();
}

/**
 * Emoji 3D: every image of `@lobehub/fluent-emoji-3d`, in Unicode's order, with Unicode's names and groups. Version 2 holds out the near
 * twins of version 1's held-out images.
 */
export async function packEmoji(): Promise<PackedSample> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@lobehub/fluent-emoji-3d/package.json')), 'assets');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.webp')).sort();
  const emojis = files
    .map((file): Emoji => ({ ...nameEmoji(file.slice(0, -'.webp'.length)), file: join(folder, file) }))
    .sort((a, b) => a.order - b.order || (a.file < b.file ? -1 : 1));
  const classNames = [...new Set(emojis.map(({ group }) => group).filter((group) => group !== null))];
  const images: Uint8Array[] = [];
  for (const { file } of emojis) images.push(await draw(file));
  const manifestOf = ({ tested, held }: HeldOut): SampleManifest => ({
    tile: TILE,
    columns: 4,
    padding: 0,
    classNames,
    names: emojis.map(({ label }) => label),
    labels: emojis.map((emoji) =>
      emoji.group === null || (held.has(emoji) && !tested.has(emoji)) ? NO_LABEL : classNames.indexOf(emoji.group),
    ),
    split: emojis.map((emoji) => (held.has(emoji) ? TEST : TRAIN)),
  });
  const first = holdOutBases(emojis);
  return { channels: 3, images, manifests: [manifestOf(first), manifestOf(withTwins(first, emojis, images))] };
}
