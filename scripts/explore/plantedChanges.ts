import sharp from 'sharp';
import type { Random } from '../../src/engine/random';

/** A picture as sharp reads it: raw RGB. */
export interface RawPicture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

const open = ({ data, width, height }: RawPicture) => sharp(data, { raw: { width, height, channels: 3 } });

/** How a copy of a picture may be changed; the strength is drawn. Each returns the bytes of a file. */
export const CHANGES = {
  /** To 50 to 200 % of its size. */
  rescaled: (picture, random) => {
    const scale = random.uniform() < 0.5 ? random.uniform(0.5, 0.9) : random.uniform(1.1, 2);
    const [width, height] = [picture.width, picture.height].map((side) => Math.round(side * scale));
    return open(picture).resize(width, height, { fit: 'fill' }).png().toBuffer();
  },
  /** As a JPEG of quality 30 to 90. */
  recompressed: (picture, random) =>
    open(picture)
      .jpeg({ quality: random.integer(30, 90) })
      .toBuffer(),
  /** Levels multiplied by 0.6 to 1.5, or raised by 10 to 50. */
  brightened: (picture, random) => {
    const raised = random.uniform() < 0.5;
    const factor = raised ? 1 : random.uniform() < 0.3 ? random.uniform(0.6, 0.9) : random.uniform(1.1, 1.5);
    return open(picture)
      .linear(factor, raised ? random.uniform(10, 50) : 0)
      .png()
      .toBuffer();
  },
  mirrored: (picture) => open(picture).flop().png().toBuffer(),
  /** To 90 % of each side, at a place by chance. */
  cropped: (picture, random) => {
    const [width, height] = [picture.width, picture.height].map((side) => Math.round(side * 0.9));
    const left = random.integer(0, picture.width - width);
    const top = random.integer(0, picture.height - height);
    return open(picture).extract({ left, top, width, height }).png().toBuffer();
  },
  /** A line of text on a band at the top or the bottom, or right on the picture. */
  captioned: (picture, random) => {
    const { width, height } = picture;
    const band = Math.round(height * random.uniform(0.12, 0.25));
    const y = random.uniform() < 0.7 ? height - band : 0;
    const plain = random.uniform() < 0.6;
    const box = plain ? `<rect x="0" y="${y}" width="${width}" height="${band}" fill="black"/>` : '';
    const text = `<text x="${width / 2}" y="${y + band * 0.8}" font-size="${band * 0.8}" fill="white" text-anchor="middle" font-family="sans-serif">Holiday</text>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${box}${text}</svg>`;
    return open(picture)
      .composite([{ input: Buffer.from(svg) }])
      .png()
      .toBuffer();
  },
} satisfies Record<string, (picture: RawPicture, random: Random) => Promise<Buffer>>;

export type Change = keyof typeof CHANGES;
