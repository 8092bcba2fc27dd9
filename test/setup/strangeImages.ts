import { readdir, readFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import { BLUE, bmp, GREEN, picture, type Quarters, quarters, RED, UPRIGHT, WHITE, YELLOW } from './imageFiles';

const FIXTURES = new URL('../fixtures/import/', import.meta.url);

/** Fixtures that do not show `UPRIGHT`: one that is turned, those whose chunks say that their values are not sRGB's, as browsers show them, and a small frame. */
const OTHER_COLORS: Readonly<Record<string, Quarters>> = {
  'webp_exiftool6.webp': [BLUE, RED, YELLOW, GREEN],
  'png_gama_linear.png': [
    [137, 137, 137],
    [188, 188, 188],
    [225, 225, 225],
    [229, 168, 96],
  ],
  'png_gama_mac18.png': [
    [81, 81, 81],
    [146, 146, 146],
    [203, 203, 203],
    [210, 119, 40],
  ],
  'png_chrm_only_wide.png': [
    [255, 35, 35],
    [0, 181, 42],
    [20, 57, 205],
    [238, 211, 3],
  ],
  // As Pillow: by the inks alone, without the profile.
  'jpg_cmyk_with_profile.jpg': [
    [233, 20, 15],
    [85, 225, 13],
    [24, 65, 193],
    [225, 217, 23],
  ],
  'gif_small_first_frame.gif': [RED, WHITE, WHITE, WHITE],
};

export interface StrangeImage {
  readonly bytes: Buffer;
  readonly colors: Quarters;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** A PNG of `UPRIGHT` with further chunks before the pixels, which `change` may alter while they are packed. */
function png(before: readonly Buffer[] = [], change = (packed: Buffer) => packed): Buffer {
  const rgb = quarters(UPRIGHT);
  const rows = Array.from({ length: 96 }, (_, y) => [Buffer.alloc(1), rgb.subarray(y * 288, (y + 1) * 288)]).flat();
  const header = chunk('IHDR', Uint8Array.of(0, 0, 0, 96, 0, 0, 0, 96, 8, 2, 0, 0, 0));
  const pixels = chunk('IDAT', change(deflateSync(Buffer.concat(rows))));
  return Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'),
    header,
    ...before,
    pixels,
    chunk('IEND', new Uint8Array()),
  ]);
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
}

/** EXIF data with an orientation of 6, whose type is LONG (4) instead of the prescribed SHORT (3). */
function exifSegment(type: number): Buffer {
  const data = Buffer.from('\0\0Exif\0\0II*\0\u0008\0\0\0\u0001\0\u0012\u0001', 'latin1');
  const value = Buffer.from([type, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
  data.writeUInt16BE(data.length + value.length, 0);
  return Buffer.concat([Buffer.from([0xff, 0xe1]), data, value]);
}

/** An RLE8 BMP of `UPRIGHT` without a mark of its end, as some programs write it. */
function runLengthBmp(): Buffer {
  const palette = UPRIGHT.flatMap(([red, green, blue]) => [blue, green, red, 0]);
  const row = (left: number, right: number) => [48, left, 48, right, 0, 0];
  const data = [...Array(48).fill(row(2, 3)), ...Array(48).fill(row(0, 1))].flat();
  const header = Buffer.from(bmp().subarray(0, 54));
  header.writeUInt32LE(54 + palette.length, 10);
  header.writeUInt16LE(8, 28);
  header.writeUInt32LE(1, 30);
  header.writeUInt32LE(4, 46);
  return Buffer.concat([header, Buffer.from(palette), Buffer.from(data)]);
}

async function fixtures(folder: string): Promise<[string, StrangeImage][]> {
  const names = await readdir(new URL(folder, FIXTURES));
  return Promise.all(
    names
      .filter((name) => name !== 'README')
      .map(async (name): Promise<[string, StrangeImage]> => {
        const bytes = await readFile(new URL(`${folder}${name}`, FIXTURES));
        return [name, { bytes, colors: OTHER_COLORS[name] ?? UPRIGHT }];
      }),
  );
}

/** Files that decoders open and a strict check would refuse, or of which decoders make different pixels; with the colours to be shown. */
export async function strangeImages(): Promise<Map<string, StrangeImage>> {
  const jpeg = await picture().jpeg({ quality: 95 }).toBuffer();
  const start = jpeg.subarray(0, 2);
  const avif = await picture().avif({ quality: 95 }).toBuffer();
  const turned = await picture([GREEN, UPRIGHT[3], RED, BLUE], 90, 120).jpeg({ quality: 95 }).toBuffer();
  const wrongHeaderSum = png();
  wrongHeaderSum[29] ^= 1;
  const interlaced = await picture().gif({ progressive: true }).toBuffer();
  const gamma = chunk('gAMA', uint32(45_455));
  const impossible = chunk('cHRM', uint32(0, 0, 0, 0, 0, 0, 0, 0));
  const made: Record<string, Buffer> = {
    'jpg_filled.jpg': Buffer.concat([start, Buffer.from([0xff, 0xff, 0xff]), jpeg.subarray(2)]),
    'jpg_cmyk_with_profile.jpg': await picture()
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg({ quality: 95 })
      .toBuffer(),
    'jpg_two_in_one.jpg': Buffer.concat([jpeg, jpeg]),
    'jpg_orientation_as_long.jpg': Buffer.concat([start, exifSegment(4), turned.subarray(2)]),
    'png_wrong_header_sum.png': wrongHeaderSum,
    'png_wrong_data_sum.png': png([], (packed) => Buffer.concat([packed.subarray(0, -4), Buffer.from([1, 2, 3, 4])])),
    'png_without_data_sum.png': png([], (packed) => packed.subarray(0, -4)),
    'png_unknown_chunk.png': png([chunk('abCd', Uint8Array.of(1, 2, 3))]),
    'png_trailing.png': Buffer.concat([png(), Buffer.alloc(99, 5)]),
    'png_gamma_but_srgb.png': png([chunk('gAMA', uint32(100_000)), chunk('sRGB', Uint8Array.of(0))]),
    'png_impossible_primaries.png': png([gamma, impossible]),
    'avif_trailing.avif': Buffer.concat([avif, Buffer.alloc(33, 1)]),
    'avif_trailing_few.avif': Buffer.concat([avif, Buffer.alloc(3)]),
    'gif_interlaced.gif': interlaced,
    'bmp_runs_without_end.bmp': runLengthBmp(),
  };
  return new Map<string, StrangeImage>([
    ...(await fixtures('07_webp_orientation/')),
    ...(await fixtures('11_checks_stricter_than_decoders/')),
    ...(await fixtures('12_page_and_node_pixels_differ/')),
    ...Object.entries(made).map(([name, bytes]) => [name, { bytes, colors: OTHER_COLORS[name] ?? UPRIGHT }] as const),
    ...(await tiffImages()),
  ]);
}

async function tiffImages(): Promise<[string, StrangeImage][]> {
  const files = (await fixtures('tiff/')).filter(([name]) => name !== 'float.tif');
  const turned = picture([GREEN, UPRIGHT[3], RED, BLUE], 90, 120).withMetadata({ orientation: 6 });
  const sixteen = picture().toColourspace('rgb16');
  const made: [string, Buffer][] = [
    ['tiff_turned.tif', await turned.tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer()],
    [
      'tiff_tiled.tif',
      await picture().tiff({ tile: true, tileWidth: 32, tileHeight: 32, compression: 'lzw' }).toBuffer(),
    ],
    ['tiff_sixteen_bits.tif', await sixteen.tiff({ compression: 'lzw' }).toBuffer()],
  ];
  return [...files, ...made.map(([name, bytes]): [string, StrangeImage] => [name, { bytes, colors: UPRIGHT }])];
}

/** Files that must be refused, with the reason; the decoders of page and Node do not agree on all of them by themselves. */
export async function refusedImages(): Promise<Map<string, { readonly bytes: Buffer; readonly reason: RegExp }>> {
  const jpeg = await picture().jpeg().toBuffer();
  const [, small] = (await fixtures('12_page_and_node_pixels_differ/')).find(([name]) => name.startsWith('gif_')) ?? [];
  const short = Buffer.from(small?.bytes ?? []);
  // The frame claims more rows than its data holds.
  short.writeUInt16LE(60, 32);
  const runs = runLengthBmp();
  return new Map([
    ['jpg_without_end.jpg', { bytes: jpeg.subarray(0, -2), reason: /cut short/ }],
    ['png_without_end.png', { bytes: png().subarray(0, -12), reason: /cut short/ }],
    ['png_short_data.png', { bytes: png([], (packed) => packed.subarray(0, 60)), reason: /damaged/ }],
    ['bmp_cut_runs.bmp', { bytes: runs.subarray(0, runs.length - 100), reason: /cut short/ }],
    ['gif_short_frame.gif', { bytes: short, reason: /damaged: its first picture is not whole/ }],
    [
      'float.tif',
      {
        bytes: await readFile(new URL('tiff/float.tif', FIXTURES)),
        reason: /TIFF of 32 bits that are no whole numbers/,
      },
    ],
    [
      'cut.tif',
      { bytes: (await picture().tiff({ compression: 'none' }).toBuffer()).subarray(0, -40), reason: /cut short/ },
    ],
  ]);
}

/** HEIC files of `UPRIGHT`, one in Display P3. */
export async function heicImages(): Promise<Map<string, Buffer>> {
  return new Map((await fixtures('heic/')).map(([name, { bytes }]) => [name, bytes]));
}
