import { type FunctionBuilder, f32, f32x4, i32, i32x4, type Local, select, type Value, v128 } from '../assembler';
import type { Variant } from '../kernel';
import { at, FLOAT, multiplyAdd, VECTOR } from '../lanes';

/** Bytes of a packed pixel, R, G, B and A. */
export const PACKED = 4;
/** Bytes of the taps of a column: the two pixels' offsets in a row, and the second's share. */
export const TAP_BYTES = 3 * FLOAT;

/** The part of an image that becomes a view, in whole pixels. */
export interface CropBox {
  readonly height: Local<'i32'>;
  readonly width: Local<'i32'>;
  readonly flip: Value<'i32'>;
}

export interface CropSizes {
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

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

/** Bilinear crop, resize and flip of packed pixels to [outHeight, outWidth] colours in [0, 1]; `corner` points to the first pixel of the box. */
export function writeCrop(
  f: FunctionBuilder,
  variant: Variant,
  { inWidth, outHeight, outWidth }: CropSizes,
  { height, width, flip }: CropBox,
  corner: Local<'i32'>,
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
    const pixel = (offset: number) =>
      f32x4.fromInts(i32x4.fromBytes(v128.load32Zero(i32.add(row, i32.load(tap, offset)))));
    f.set(left, pixel(0));
    f.set(right, pixel(FLOAT));
    return multiplyAdd(variant, f32x4.sub(right, left), columnShare, left);
  };
  f.times(outHeight, (y) => {
    const { low, high, share } = tapsOf(f, y, height, outHeight);
    const [upperRow, lowerRow] = [f.let(at(corner, low, inWidth * PACKED)), f.let(at(corner, high, inWidth * PACKED))];
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
