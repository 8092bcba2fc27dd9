import { type FunctionBuilder, i32, type Local, memory, type Value } from '../assembler';
import { copyIntoPadding, type PaddedImage, paddedBytes } from '../convolution/padImage';
import { at, FLOAT } from '../lanes';
import type { TileSize } from './lines';
import type { TilePlaces } from './transform';

/** Sizes of a 3 x 3 convolution at stride 1, in which x and y have the same height and width. Channels are multiples of 4. */
export interface WinogradShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** Tiles that are transformed and multiplied at a time, so that their transforms stay in the second-level cache. */
const STRIP_TILES = 64;
/** Padding added to each plane: planes at a distance of a power of two would share their places in the cache. */
const PLANE_GAP = 64;

/** How images are cut into tiles of m x m outputs, and these into strips: some images, or some rows of tiles of one. */
export interface Tiling {
  readonly m: TileSize;
  /** Planes of the transformed tile: (m + 2)^2. */
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
  readonly imagesPerStrip: number;
  readonly rowsPerStrip: number;
  /** Most tiles of a strip. */
  readonly tiles: number;
  /** Whether tiles reach beyond the image. */
  readonly overhangs: boolean;
}

export function tilingOf({ images, height, width }: WinogradShape, m: TileSize): Tiling {
  const [rows, columns] = [Math.ceil(height / m), Math.ceil(width / m)];
  const imagesPerStrip = Math.min(images, Math.max(1, Math.floor(STRIP_TILES / (rows * columns))));
  const rowsPerStrip = imagesPerStrip > 1 ? rows : Math.min(rows, Math.max(1, Math.floor(STRIP_TILES / columns)));
  return {
    m,
    planes: (m + 2) ** 2,
    rows,
    columns,
    imagesPerStrip,
    rowsPerStrip,
    tiles: imagesPerStrip * rowsPerStrip * columns,
    overhangs: rows * m > height || columns * m > width,
  };
}

/** The image with a line of zeros around it, and more below and to the right where tiles reach beyond the image. */
export function tilePadding(
  { height, width }: WinogradShape,
  tiling: Tiling,
  channels: number,
  border: 0 | 1,
): PaddedImage {
  return {
    height,
    width,
    channels,
    before: { rows: border, columns: border },
    after: {
      rows: tiling.rows * tiling.m - height + border,
      columns: tiling.columns * tiling.m - width + border,
    },
  };
}

/** Bytes of one of the transformed tiles' planes, [tiles, channels]. */
export const planeBytes = ({ tiles }: Tiling, channels: number): number => gapped(tiles * channels * FLOAT);
export const gapped = (bytes: number): number => Math.ceil(bytes / PLANE_GAP) * PLANE_GAP + PLANE_GAP;

/** Tiles in images whose rows are `rowBytes` long. */
export function imagePlaces({ m }: Tiling, channels: number, rowBytes: number, imageBytes: number): TilePlaces {
  return {
    element: { row: rowBytes, column: channels * FLOAT },
    tile: m * channels * FLOAT,
    tileRow: m * rowBytes,
    image: imageBytes,
  };
}

/** Tiles in planes. */
export function planePlaces(tiling: Tiling, channels: number): TilePlaces {
  const plane = planeBytes(tiling, channels);
  return {
    element: { row: (tiling.m + 2) * plane, column: plane },
    tile: channels * FLOAT,
    tileRow: tiling.columns * channels * FLOAT,
    image: tiling.rows * tiling.columns * channels * FLOAT,
  };
}

/** A strip while a kernel runs. */
export interface Strip {
  /** Images of the strip. */
  readonly images: Local<'i32'>;
  /** Rows of tiles of each image, the first row, and all tiles. */
  readonly tileRows: Local<'i32'>;
  readonly firstRow: Local<'i32'>;
  readonly tiles: Local<'i32'>;
}

/**
 * Runs over the strips of images `from` to `to - 1` (one at least). `fetch` is called once for each set of images, `work` for each strip of them; `first` is
 * the first image of the set.
 */
export function eachStrip(
  f: FunctionBuilder,
  tiling: Tiling,
  [from, to]: readonly [Value<'i32'>, Value<'i32'>],
  steps: {
    fetch(first: Local<'i32'>, images: Local<'i32'>): void;
    work(first: Local<'i32'>, strip: Strip): void;
    finish(first: Local<'i32'>, images: Local<'i32'>): void;
  },
): void {
  const end = f.let(to);
  const strip: Strip = {
    images: f.local('i32'),
    tileRows: f.local('i32'),
    firstRow: f.local('i32'),
    tiles: f.local('i32'),
  };
  f.each(from, end, tiling.imagesPerStrip, (first) => {
    f.set(strip.images, i32.min(i32.sub(end, first), i32.const(tiling.imagesPerStrip)));
    steps.fetch(first, strip.images);
    f.set(strip.firstRow, i32.const(0));
    f.upTo(strip.firstRow, tiling.rows, tiling.rowsPerStrip, () => {
      f.set(strip.tileRows, i32.min(i32.sub(tiling.rows, strip.firstRow), i32.const(tiling.rowsPerStrip)));
      f.set(strip.tiles, i32.mul(i32.mul(strip.tileRows, tiling.columns), strip.images));
      steps.work(first, strip);
    });
    steps.finish(first, strip.images);
  });
}

/** Copies `count` images from `source` into consecutive padded images. */
export function copyImages(
  f: FunctionBuilder,
  image: PaddedImage,
  source: Value<'i32'>,
  target: Value<'i32'>,
  count: Value<'i32'>,
): void {
  const bytes = image.height * image.width * image.channels * FLOAT;
  const [start, padded] = [f.let(source), f.let(target)];
  f.times(count, (index) => copyIntoPadding(f, image, at(start, index, bytes), at(padded, index, paddedBytes(image))));
}

/** Copies `count` images out of padded images. */
export function copyOutOfPadding(
  f: FunctionBuilder,
  { height, width, channels, after }: PaddedImage,
  padded: Value<'i32'>,
  target: Value<'i32'>,
  count: Value<'i32'>,
): void {
  const rowBytes = width * channels * FLOAT;
  const pitch = rowBytes + after.columns * channels * FLOAT;
  const [source, result] = [f.let(padded), f.let(target)];
  f.times(count, () => {
    f.times(height, () => {
      f.emit(memory.copy(result, source, rowBytes));
      f.advance(source, pitch);
      f.advance(result, rowBytes);
    });
    f.advance(source, after.rows * pitch);
  });
}
