import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeWithSharp } from '../../../scripts/node/decodeWithSharp';
import { readSample } from '../../../scripts/node/loadDataset';
import { groupPictures } from '../../../src/data/import/pictureGroups';
import { centerSquare } from '../../../src/data/import/resample';
import { squarePlaces } from '../../../src/domain/imageDataset';
import { inspectImage } from '../../../src/formats/image/inspectImage';
import { squares } from '../../setup/storage';

type Paint = (x: number, y: number) => readonly [number, number, number];

/** A picture of 32 x 32 pixels. */
function painted(paint: Paint): Uint8Array {
  return Uint8Array.from({ length: 4096 }, (_, k) => {
    const at = k >> 2;
    return (k & 3) === 3 ? 255 : Math.max(0, Math.min(255, Math.round(paint(at % 32, at >> 5)[k & 3])));
  });
}

/** The groups of some pictures of one size, by the order of their first members: [0, 0, 1] puts the first two together. */
function groupsOf(pictures: readonly Uint8Array[], size = 32): number[] {
  const pixels = new Uint8Array(pictures.length * size * size * 4);
  for (const [i, picture] of pictures.entries()) pixels.set(picture, i * size * size * 4);
  const groups = groupPictures({ pixels, ...squarePlaces(pictures.length, size) });
  const names = [...new Set(groups)];
  return [...groups].map((group) => names.indexOf(group));
}

/** The picture of a file as an import stores it. */
async function imported(file: Buffer, size: number): Promise<Uint8Array> {
  const out = new Uint8Array(size * size * 4);
  await decodeWithSharp(file, inspectImage(file), (source) => centerSquare(source, size, out));
  return out;
}

const noise = (seed: number, levels: number) => {
  const random = mersenne(seed);
  return Array.from({ length: 1024 }, () => uniformInt(random, 0, 2 * levels) - levels);
};

/** A drawn scene: a disc and a bar, in colours. */
const scene: Paint = (x, y) =>
  (x - 11) ** 2 + (y - 12) ** 2 < 60 ? [220, 60, 40] : y > 20 && x < 26 ? [40, 90, 200] : [235, 230, 220];

describe('pictures are grouped', () => {
  test('if they are equal, flat ones too', () => {
    const white = painted(() => [255, 255, 255]);
    expect(groupsOf([white, painted(scene), white, painted(scene)])).toEqual([0, 1, 0, 1]);
  });

  test('if only brightness or contrast differ, or the file was stored again', async () => {
    const brighter = painted((x, y) => scene(x, y).map((value) => 0.8 * value + 20) as [number, number, number]);
    expect(groupsOf([painted(scene), brighter])).toEqual([0, 0]);
    const [emoji] = [(await readSample('emoji-3d', squares(64))).pixels.subarray(1000 * 16_384, 1001 * 16_384)];
    const large = sharp(emoji, { raw: { width: 64, height: 64, channels: 4 } }).resize(300, 300, { kernel: 'cubic' });
    for (const size of [32, 64]) {
      const files = [
        await large.clone().png().toBuffer(),
        await large.clone().jpeg({ quality: 60 }).toBuffer(),
        await large.clone().resize(150, 150).webp({ quality: 70 }).toBuffer(),
      ];
      expect(groupsOf(await Promise.all(files.map((file) => imported(file, size))), size)).toEqual([0, 0, 0]);
    }
  });

  test('if one is on white and the other transparent', async () => {
    const mark = sharp({ create: { width: 200, height: 200, channels: 4, background: '#0000' } }).composite([
      {
        input: await sharp({ create: { width: 90, height: 60, channels: 4, background: '#2060c0' } })
          .png()
          .toBuffer(),
        left: 30,
        top: 90,
      },
    ]);
    const clear = await mark.png().toBuffer();
    const onWhite = await sharp(clear).flatten({ background: '#fff' }).png().toBuffer();
    expect(groupsOf([await imported(clear, 32), await imported(onWhite, 32)])).toEqual([0, 0]);
  });

  test('if others connect them', () => {
    // The scene changes its colours step by step: red becomes blue, and blue red.
    const chain = Array.from({ length: 41 }, (_, k) =>
      painted((x, y) => {
        const from = scene(x, y);
        const to = [from[2], from[1], from[0]];
        return [0, 1, 2].map((c) => from[c] + ((to[c] - from[c]) * k) / 40) as [number, number, number];
      }),
    );
    expect(groupsOf([chain[0], chain[40]])).toEqual([0, 1]);
    expect(groupsOf(chain)).toEqual(chain.map(() => 0));
  });
});

describe('pictures are not grouped', () => {
  test('if both are flat, of other colours or with noise', () => {
    const flat = [0, 1, 120, 254].map((grey) => painted(() => [grey, grey, grey]));
    const colours = (
      [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ] as const
    ).map((colour) => painted(() => colour));
    const noisy = [1, 2, 3].map((seed) => {
      const values = noise(seed, 3);
      return painted((x, y) => [128 + values[y * 32 + x], 128 + values[y * 32 + x], 128 + values[y * 32 + x]]);
    });
    const all = [...flat, ...colours, ...noisy];
    expect(groupsOf(all)).toEqual(all.map((_, i) => i));
  });

  test('if one is turned, mirrored or inverted', () => {
    const variants: Paint[] = [
      scene,
      (x, y) => scene(31 - x, y),
      (x, y) => scene(x, 31 - y),
      (x, y) => scene(y, x),
      (x, y) => scene(31 - x, 31 - y),
      (x, y) => scene(x, y).map((value) => 255 - value) as [number, number, number],
    ];
    expect(groupsOf(variants.map(painted))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('if only their colours differ', () => {
    const disc = (colour: readonly [number, number, number]) =>
      painted((x, y) => ((x - 16) ** 2 + (y - 16) ** 2 < 100 ? colour : [255, 255, 255]));
    expect(groupsOf([disc([220, 30, 30]), disc([30, 30, 220]), disc([30, 160, 30])])).toEqual([0, 1, 2]);
  });

  test.each([1, 2, 4])('if one is shifted by %i of 32 pixels', (shift) => {
    expect(groupsOf([painted(scene), painted((x, y) => scene(x + shift, y))])).toEqual([0, 1]);
  });
});

describe('the groups of the samples', () => {
  /** The groups of more than one picture, by the names of their members. */
  async function twins(id: 'fashion-mnist' | 'emoji-3d') {
    const dataset = await readSample(id, squares(32));
    const { names } = dataset;
    const members = new Map<number, string[]>();
    const shares: number[] = [];
    for (const [i, group] of groupPictures(dataset, (share) => shares.push(share)).entries()) {
      members.set(group, [...(members.get(group) ?? []), names[i]]);
    }
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
    return [...members.values()].filter((group) => group.length > 1);
  }

  test('Fashion-MNIST: a few photos that are there twice, and no other clothes', async () => {
    expect(await twins('fashion-mnist')).toEqual([
      ['Pullover 01928', 'Pullover 03704'],
      ['Trouser 02265', 'Trouser 03394', 'Trouser 03953'],
      ['Dress 03568', 'Dress 05448'],
      ['Pullover 05081', 'Pullover 08338', 'Pullover 09664'],
      ['Bag 11251', 'Bag 11421'],
    ]);
  });

  test('Emoji 3D: the picture that stands under two names, and faces by skin tone, in small groups', async () => {
    const groups = await twins('emoji-3d');
    expect(groups).toContainEqual(['grinning cat', 'grinning cat with smiling eyes', 'cat face']);
    expect(groups).toContainEqual(['snowman', 'snowman without snow']);
    expect(Math.max(...groups.map(({ length }) => length))).toBeLessThan(12);
  });
});
