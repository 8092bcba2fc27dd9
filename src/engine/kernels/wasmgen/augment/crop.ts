import { type FunctionBuilder, f32, f32x4, i32, i32x4, type Local, select, type Value, v128 } from '../assembler';
import type { Variant } from '../kernel';
import { at, FLOAT, multiplyAdd, VECTOR } from '../lanes';

/** Bytes of a packed pixel, R, G, B and A. */
export const PACKED = 4;
/** Bytes of the taps of a column: the two pixels' offsets in a row, and the second's share. */
export const TAP_BYTES = 3 * FLOAT;

/** The part of an image that becomes a view, in whole pixels. */
export interface CropBox {
  /** Points to its first pixel. */
  readonly corner: Local<'i32'>;
  /** Bytes from a row to the next. */
  readonly pitch: Local<'i32'>;
  readonly height: Local<'i32'>;
  readonly width: Local<'i32'>;
  readonly flip: Value<'i32'>;
}

export interface CropSizes {
  readonly outHeight: number;
  readonly outWidth: number;
}

/** The colour of the packed pixel at a pointer, in levels of 0 to 255. */
const colourAt = (pointer: Value<'i32'>): Value<'v128'> => f32x4.fromInts(i32x4.fromBytes(v128.load32Zero(pointer)));

/**
 * The two pixels of a line of `length` that pixel `target` of `outSize` lies between, with half-pixel centres, in units in which all values
 * are whole numbers.
 */
function tapsOf(f: FunctionBuilder, target: Value<'i32'>, length: Local<'i32'>, outSize: number) {
  const unit = 2 * outSize;
  const centre = i32.sub(i32.mul(i32.add(i32.mul(target, 2), 1), length), outSize);
  const source = f.let(i32.max(f.let(centre), i32.const(0)));
  const low = f.let(i32.divU(source, unit));
  const last = f.let(i32.sub(length, 1));
  return {
    low: i32.min(low, last),
    high: i32.min(f.let(i32.add(low, 1)), last),
    share: f32.div(f32.fromInt(i32.sub(source, i32.mul(low, unit))), f32.const(unit)),
  };
}

/** Bilinear crop, resize and flip of packed pixels to [outHeight, outWidth] colours in [0, 1]. */
export function writeCrop(
  f: FunctionBuilder,
  variant: Variant,
  { outHeight, outWidth }: CropSizes,
  { corner, pitch, height, width, flip }: CropBox,
  taps: Local<'i32'>,
  colours: Local<'i32'>,
): void {
  const tap = f.local('i32');
  f.set(tap, taps);
  f.times(outWidth, (x) => {
    const mirrored = f.let(i32.sub(outWidth - 1, x));
    const { low, high, share } = tapsOf(f, f.let(select(flip, mirrored, x)), width, outWidth);
    f.emit(i32.store(tap, i32.mul(low, PACKED)));
    f.emit(i32.store(tap, i32.mul(high, PACKED), FLOAT));
    f.emit(f32.store(tap, share, 2 * FLOAT));
    f.advance(tap, TAP_BYTES);
  });
  const { colour, columnShare, rowShare, left, right, upper } = f.locals(
    'v128',
    'colour',
    'columnShare',
    'rowShare',
    'left',
    'right',
    'upper',
  );
  const target = f.let(colours);
  const alongRow = (row: Local<'i32'>) => {
    const pixel = (offset: number) => colourAt(i32.add(row, i32.load(tap, offset)));
    f.set(left, pixel(0));
    f.set(right, pixel(FLOAT));
    return multiplyAdd(variant, f32x4.sub(right, left), columnShare, left);
  };
  f.times(outHeight, (y) => {
    const { low, high, share } = tapsOf(f, y, height, outHeight);
    const upperRow = f.let(i32.add(corner, i32.mul(low, pitch)));
    const lowerRow = f.let(i32.add(corner, i32.mul(high, pitch)));
    f.set(rowShare, f32x4.splat(share));
    f.set(tap, taps);
    f.times(outWidth, () => {
      f.set(columnShare, f32x4.loadSplat(tap, 2 * FLOAT));
      f.set(upper, alongRow(upperRow));
      f.set(colour, alongRow(lowerRow));
      f.set(colour, multiplyAdd(variant, f32x4.sub(colour, upper), rowShare, upper));
      f.emit(v128.store(target, f32x4.div(colour, f.splat(255))));
      f.advance(tap, TAP_BYTES);
      f.advance(target, VECTOR);
    });
  });
}

/** The most pixels of a line of `length` that contribute to one of `outSize`. */
export const mostTaps = (length: number, outSize: number): number => 2 * Math.ceil(Math.max(1, length / outSize)) + 1;

/** Bytes of a window of at most `taps` pixels: the first one's offset, their number, and the weight of each. */
export const windowBytes = (taps: number): number => (2 + taps) * FLOAT;

/**
 * Writes the window of pixel `target` of `outSize` in a line of `length` pixels that lie `step` bytes apart: the pixels under a triangle as
 * wide as two pixels of the view, or of the line where it is shorter, with weights whose sum is 1.
 */
function writeWindow(
  f: FunctionBuilder,
  window: Local<'i32'>,
  target: Value<'i32'>,
  length: Local<'i32'>,
  outSize: number,
  step: number,
): void {
  const unit = 2 * outSize;
  const reach = f.let(i32.mul(i32.max(length, i32.const(outSize)), 2));
  const centre = f.let(i32.mul(i32.add(i32.mul(target, 2), 1), length));
  const before = f.let(i32.sub(i32.sub(centre, reach), outSize));
  const first = f.let(select(i32.ltS(before, 0), i32.const(0), i32.add(i32.divU(before, unit), 1)));
  const after = f.let(i32.add(i32.divU(i32.sub(i32.add(centre, reach), outSize + 1), unit), 1));
  const end = f.let(i32.min(after, length));
  f.emit(i32.store(window, i32.mul(first, step)));
  f.emit(i32.store(window, i32.sub(end, first), FLOAT));
  const total = f.let(i32.const(0));
  const weights = f.let(i32.add(window, 2 * FLOAT));
  const place = f.let(weights);
  f.each(first, end, 1, (pixel) => {
    const difference = f.let(i32.sub(i32.mul(i32.add(i32.mul(pixel, 2), 1), outSize), centre));
    const weight = f.let(i32.sub(reach, i32.max(difference, f.let(i32.sub(0, difference)))));
    f.set(total, i32.add(total, weight));
    f.emit(f32.store(place, f32.fromInt(weight)));
    f.advance(place, FLOAT);
  });
  const sum = f.let(f32.fromInt(total));
  f.set(place, weights);
  f.times(i32.sub(end, first), () => {
    f.emit(f32.store(place, f32.div(f32.load(place), sum)));
    f.advance(place, FLOAT);
  });
}

/** Adds up the colours of a window, which `colour` reads at the pointer of each pixel; `step` is the bytes between them. */
function sumOfWindow(
  f: FunctionBuilder,
  variant: Variant,
  window: Local<'i32'>,
  start: Value<'i32'>,
  step: number,
  colour: (pointer: Local<'i32'>) => Value<'v128'>,
): Local<'v128'> {
  const sum = f.let(f32x4.const(0));
  const weight = f.let(i32.add(window, 2 * FLOAT));
  const pixel = f.let(i32.add(start, i32.load(window)));
  f.times(i32.load(window, FLOAT), () => {
    f.set(sum, multiplyAdd(variant, colour(pixel), f32x4.loadSplat(weight), sum));
    f.advance(weight, FLOAT);
    f.advance(pixel, step);
  });
  return sum;
}

/** Where the averaging crop works. */
export interface AveragingPlaces {
  /** The window of each column, of `columnBytes` bytes, then that of one row. */
  readonly windows: Local<'i32'>;
  readonly columnBytes: number;
  /** The rows of the box, each `outWidth` colours wide. */
  readonly lines: Local<'i32'>;
}

/** As `writeCrop`, for a box that is larger than the view: each pixel of the view is the average of those that it covers. */
export function writeAveragingCrop(
  f: FunctionBuilder,
  variant: Variant,
  { outHeight, outWidth }: CropSizes,
  { corner, pitch, height, width, flip }: CropBox,
  { windows, columnBytes, lines }: AveragingPlaces,
  colours: Local<'i32'>,
): void {
  const window = f.let(windows);
  f.times(outWidth, (x) => {
    const mirrored = f.let(i32.sub(outWidth - 1, x));
    writeWindow(f, window, f.let(select(flip, mirrored, x)), width, outWidth, PACKED);
    f.advance(window, columnBytes);
  });
  const [row, line] = [f.let(corner), f.let(lines)];
  f.times(height, () => {
    f.set(window, windows);
    f.times(outWidth, () => {
      f.emit(v128.store(line, sumOfWindow(f, variant, window, row, PACKED, colourAt)));
      f.advance(line, VECTOR);
      f.advance(window, columnBytes);
    });
    f.set(row, i32.add(row, pitch));
  });
  const linePitch = outWidth * VECTOR;
  const target = f.let(colours);
  f.set(window, i32.add(windows, outWidth * columnBytes));
  f.times(outHeight, (y) => {
    writeWindow(f, window, y, height, outHeight, linePitch);
    f.times(outWidth, (x) => {
      const sum = sumOfWindow(f, variant, window, at(lines, x, VECTOR), linePitch, (pixel) => v128.load(pixel));
      f.emit(v128.store(target, f32x4.div(sum, f.splat(255))));
      f.advance(target, VECTOR);
    });
  });
}
