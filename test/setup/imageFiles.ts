import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

export type Rgb = readonly [red: number, green: number, blue: number];

export const RED: Rgb = [220, 40, 40];
export const GREEN: Rgb = [40, 180, 60];
export const BLUE: Rgb = [40, 60, 200];
export const YELLOW: Rgb = [230, 210, 50];
export const WHITE: Rgb = [255, 255, 255];

/** Colours of the top left, top right, bottom left and bottom right quarters. */
export type Quarters = readonly [Rgb, Rgb, Rgb, Rgb];

export const UPRIGHT: Quarters = [RED, GREEN, BLUE, YELLOW];

/** An image of four plain quarters, as raw RGB. */
export function quarters([tl, tr, bl, br]: Quarters, width = 96, height = 96): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isLeft = x < width / 2;
      const color = y < height / 2 ? (isLeft ? tl : tr) : isLeft ? bl : br;
      data.set(color, (y * width + x) * 3);
    }
  }
  return data;
}

export function picture(colors: Quarters = UPRIGHT, width = 96, height = 96): Sharp {
  return sharp(quarters(colors, width, height), { raw: { width, height, channels: 3 } });
}

/** The order of the pixels of `UPRIGHT` in a file of each EXIF orientation, 1 to 8. */
export const STORED_FOR_ORIENTATION: readonly Quarters[] = [
  [RED, GREEN, BLUE, YELLOW],
  [GREEN, RED, YELLOW, BLUE],
  [YELLOW, BLUE, GREEN, RED],
  [BLUE, YELLOW, RED, GREEN],
  [RED, BLUE, GREEN, YELLOW],
  [GREEN, YELLOW, RED, BLUE],
  [YELLOW, GREEN, BLUE, RED],
  [BLUE, RED, YELLOW, GREEN],
];

/** A BMP of 24 bits a pixel, rows from the bottom up. */
export function bmp(colors: Quarters = UPRIGHT, side = 96): Buffer {
  const rgb = quarters(colors, side, side);
  const stride = Math.ceil((side * 3) / 4) * 4;
  const file = Buffer.alloc(54 + stride * side);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(side, 18);
  file.writeInt32LE(side, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + x) * 3;
      file.set([rgb[from + 2], rgb[from + 1], rgb[from]], 54 + (side - 1 - y) * stride + x * 3);
    }
  }
  return file;
}

/** A GIF of two frames: `UPRIGHT`, then plain blue. */
export async function animatedGif(): Promise<Buffer> {
  const frames = Buffer.concat([quarters(UPRIGHT), quarters([BLUE, BLUE, BLUE, BLUE])]);
  return sharp(frames, { raw: { width: 96, height: 192, channels: 3, pageHeight: 96 } })
    .gif({ delay: [100, 100] })
    .toBuffer();
}

/** A picture whose right half is transparent. */
async function halfTransparent(): Promise<Sharp> {
  const { data } = await picture().ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  for (let i = 0; i < 96 * 96; i++) if (i % 96 >= 48) data[i * 4 + 3] = 0;
  return sharp(data, { raw: { width: 96, height: 96, channels: 4 } });
}

/** Good files of every format, by name; all show `UPRIGHT`, except those in `halfTransparentFiles`. */
export async function goodImages(): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>([
    ['plain.jpg', await picture().jpeg({ quality: 95 }).toBuffer()],
    ['progressive.jpeg', await picture().jpeg({ progressive: true, quality: 95 }).toBuffer()],
    ['wide.jpg', await picture(UPRIGHT, 300, 90).jpeg({ quality: 95 }).toBuffer()],
    ['plain.png', await picture().png().toBuffer()],
    ['palette.png', await picture().png({ palette: true }).toBuffer()],
    ['sixteen-bit.png', await picture().toColourspace('rgb16').png().toBuffer()],
    ['tiny.png', await picture(UPRIGHT, 8, 8).png().toBuffer()],
    ['lossy.webp', await picture().webp({ quality: 95 }).toBuffer()],
    ['lossless.webp', await picture().webp({ lossless: true }).toBuffer()],
    ['animated.gif', await animatedGif()],
    ['plain.bmp', bmp()],
    ['plain.avif', await picture().avif({ quality: 90 }).toBuffer()],
    ['scan.tif', await picture().tiff().toBuffer()],
    ['without-ending', await picture().png().toBuffer()],
    ['wrong-ending.png', await picture().jpeg({ quality: 95 }).toBuffer()],
  ]);
  for (const [i, stored] of STORED_FOR_ORIENTATION.entries()) {
    const isTurned = i >= 4;
    const image = picture(stored, isTurned ? 90 : 120, isTurned ? 120 : 90);
    files.set(
      `orientation-${i + 1}.jpg`,
      await image
        .withMetadata({ orientation: i + 1 })
        .jpeg({ quality: 95 })
        .toBuffer(),
    );
  }
  return files;
}

/** Good files whose left half is that of `UPRIGHT` and whose right half is transparent. */
export async function halfTransparentFiles(): Promise<Map<string, Buffer>> {
  const image = await halfTransparent();
  return new Map([
    ['alpha.png', await image.clone().png().toBuffer()],
    ['alpha.webp', await image.clone().webp({ lossless: true }).toBuffer()],
    ['alpha.avif', await image.clone().avif({ quality: 90 }).toBuffer()],
    ['alpha.gif', await image.clone().gif().toBuffer()],
  ]);
}

function cut(file: Buffer): Buffer {
  return file.subarray(0, Math.floor(file.length * 0.6));
}

/** A PNG whose header declares far more pixels than can be decoded. */
export async function hugePng(): Promise<Buffer> {
  const png = await picture().png().toBuffer();
  png.writeUInt32BE(30_000, 16);
  png.writeUInt32BE(20_000, 20);
  return png;
}

/** Files that must be skipped, each with a pattern for the reason. */
export async function badFiles(): Promise<Map<string, { readonly bytes: Buffer; readonly reason: RegExp }>> {
  const good = await goodImages();
  const of = (name: string) => good.get(name) ?? Buffer.alloc(0);
  const files = new Map([
    ['zero.png', { bytes: Buffer.alloc(0), reason: /empty/ }],
    ['notes.txt', { bytes: Buffer.from('Nothing to see here.'), reason: /not a JPEG, PNG/ }],
    ['text.jpg', { bytes: Buffer.from('Not a JPEG, whatever its name.'), reason: /not a JPEG, PNG/ }],
    [
      'photo.heic',
      { bytes: Buffer.from('\0\0\0\u0018ftypheic\0\0\0\0mif1heic\0\0\0\u0008mdat', 'latin1'), reason: /HEIC/ },
    ],
    ['drawing.svg', { bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), reason: /SVG/ }],
    ['huge.png', { bytes: await hugePng(), reason: /600 megapixels/ }],
  ]);
  for (const name of ['plain.jpg', 'plain.png', 'lossy.webp', 'animated.gif', 'plain.bmp', 'plain.avif', 'scan.tif']) {
    files.set(`cut-${name}`, { bytes: cut(of(name)), reason: /cut short/ });
  }
  const corrupt = Buffer.from(of('plain.png'));
  corrupt.fill(0x55, 60, corrupt.length - 20);
  files.set('corrupt.png', { bytes: corrupt, reason: /damaged|cut short/ });
  return files;
}

/** Files that are left out and not listed as skipped. */
export const SYSTEM_FILES = ['.DS_Store', 'Thumbs.db', 'desktop.ini', '.hidden/secret.png', '__MACOSX/._plain.jpg'];

export async function writeFiles(folder: string, files: Iterable<readonly [string, Uint8Array]>): Promise<void> {
  for (const [path, bytes] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}
