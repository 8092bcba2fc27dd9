import type { Normalisation } from '../../augment/normalisation';
import { AUGMENT_COLUMNS, type AugmentSwitches, COLUMN, JITTER, PLACE_COLUMNS } from '../../augment/params';
import { type FunctionBuilder, f32, f32x4, f64, i32, type Local, type Value, v128 } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT, roundUp, VECTOR } from '../lanes';
import { COLOUR, writeBlurAlong, writeGaussian } from './blur';
import { blend, greyOf, shiftHue } from './colour';
import { mostTaps, PACKED, TAP_BYTES, windowBytes, writeAveragingCrop, writeCrop } from './crop';

export interface AugmentShape {
  readonly images: number;
  /** The largest height and width among the images. */
  readonly inHeight: number;
  readonly inWidth: number;
  /** A multiple of the images: view v is of image v modulo images. */
  readonly views: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

const CHANNELS = 3;
/** Bytes of a whole number. */
const INT = 4;

/** The numbers of a normalisation as the kernel reads them: two vectors, the fourth lane unused. */
export function normalisationNumbers({ mean, std }: Normalisation): Float32Array<ArrayBuffer> {
  return Float32Array.of(...mean, 0, ...std, 1);
}

/**
 * `(pixels, places, params, normalisation, views)`: the augmentations of `augmentBatch`, from packed pixels (one int32 per pixel, alpha 255)
 * of images at `places` [images, 2] and rows of `AUGMENT_COLUMNS` numbers [views, 16] to views [views, outHeight, outWidth, 3]: crop and
 * resize, flip, jitter, grey, blur, normalisation by the numbers of `normalisationNumbers`. A unit is a view.
 */
export function augmentViews(
  shape: AugmentShape,
  { blur, antialias }: AugmentSwitches,
  variant: Variant,
): Kernel<'pixels' | 'places' | 'params' | 'normalisation' | 'views'> {
  const { images, inHeight, inWidth, views: count, outHeight, outWidth } = shape;
  const area = outHeight * outWidth;
  const blurredAt = area * COLOUR;
  const tapsAt = blurredAt + (blur ? area * COLOUR : 0);
  const weightsAt = tapsAt + outWidth * TAP_BYTES;
  const linesAt = roundUp(weightsAt + Math.max(outHeight, outWidth) * FLOAT, VECTOR);
  const windowsAt = linesAt + (antialias ? inHeight * outWidth * COLOUR : 0);
  const columnBytes = windowBytes(mostTaps(inWidth, outWidth));
  const allWindowsBytes = antialias ? outWidth * columnBytes + windowBytes(mostTaps(inHeight, outHeight)) : 0;
  const sizes = antialias ? Object.values(shape).join('x') : [images, count, outHeight, outWidth].join('x');
  return defineKernel({
    name: `augment-${sizes}${blur ? '-blur' : ''}${antialias ? '-antialias' : ''}${variant.fma ? '-fma' : ''}`,
    buffers: ['pixels', 'places', 'params', 'normalisation', 'views'],
    units: count,
    scratchBytes: windowsAt + allWindowsBytes,
    write(f, { pixels, places, params, normalisation, views, scratch, from, to }) {
      const row = f.let(at(params, from, AUGMENT_COLUMNS * FLOAT));
      const column = (index: number) => f32.load(row, index * FLOAT);
      const whole = (index: number) => i32.truncate(column(index));
      const [blurred, taps, weights, lines, windows] = [blurredAt, tapsAt, weightsAt, linesAt, windowsAt].map(
        (offset) => f.let(i32.add(scratch, offset)),
      );
      const target = f.let(at(views, from, area * CHANNELS * FLOAT));
      const phases = f.let(f32x4.lanes(5, 3, 1, 0));
      const means = f.let(v128.load(normalisation));
      const deviations = f.let(v128.load(normalisation, VECTOR));
      f.upTo(from, to, 1, () => {
        const place = f.let(at(places, i32.remU(from, images), PLACE_COLUMNS * INT));
        const rowPixels = f.let(i32.load(place, INT));
        const first = i32.add(i32.load(place), i32.add(i32.mul(whole(COLUMN.top), rowPixels), whole(COLUMN.left)));
        const box = {
          corner: f.let(at(pixels, first, PACKED)),
          pitch: f.let(i32.mul(rowPixels, PACKED)),
          height: f.let(whole(COLUMN.height)),
          width: f.let(whole(COLUMN.width)),
          flip: f.let(whole(COLUMN.flip)),
        };
        const crop = () => writeCrop(f, variant, { outHeight, outWidth }, box, taps, scratch);
        if (antialias) {
          const isLarger = i32.add(i32.ltU(outHeight, box.height), i32.ltU(outWidth, box.width));
          const averaging = { windows, columnBytes, lines };
          f.if(isLarger, () => writeAveragingCrop(f, variant, { outHeight, outWidth }, box, averaging, scratch), crop);
        } else {
          crop();
        }
        for (let slot = 0; slot < 4; slot++) {
          const step = f.let(whole(COLUMN.steps + slot));
          writeJitterStep(f, { step, factor: f.let(column(COLUMN.factors + slot)), phases }, scratch, area);
        }
        f.if(f32.gt(column(COLUMN.grayscale), f32.const(0)), () =>
          eachColour(f, scratch, area, (colour) => f.set(colour, f32x4.splat(greyOf(colour)))),
        );
        if (blur) {
          const radius = f.let(whole(COLUMN.blurRadius));
          const rowPitch = outWidth * COLOUR;
          f.if(radius, () => {
            writeGaussian(f, column(COLUMN.sigma), radius, weights);
            const rows = { lines: outHeight, linePitch: rowPitch, length: outWidth, pitch: COLOUR };
            writeBlurAlong(f, variant, rows, { source: scratch, target: blurred, weights, radius });
            const columns = { lines: outWidth, linePitch: COLOUR, length: outHeight, pitch: rowPitch };
            writeBlurAlong(f, variant, columns, { source: blurred, target: scratch, weights, radius });
          });
        }
        eachColour(f, scratch, area, (colour) => {
          f.set(colour, f32x4.div(f32x4.sub(colour, means), deviations));
          f.emit(v128.store64Lane(target, colour, 0));
          f.emit(v128.store32Lane(target, colour, 2, 2 * FLOAT));
          f.advance(target, CHANNELS * FLOAT);
        });
        f.advance(row, AUGMENT_COLUMNS * FLOAT);
      });
    },
  });
}

/** Runs over colours, and writes back the result of the body for each. */
function eachColour(
  f: FunctionBuilder,
  colours: Value<'i32'>,
  count: number,
  body: (colour: Local<'v128'>) => void,
): void {
  const [place, colour] = [f.let(colours), f.local('v128')];
  f.times(count, () => {
    f.set(colour, v128.load(place));
    body(colour);
    f.emit(v128.store(place, colour));
    f.advance(place, COLOUR);
  });
}

interface JitterStepCode {
  readonly step: Local<'i32'>;
  readonly factor: Local<'f32'>;
  readonly phases: Local<'v128'>;
}

/** One of the four steps of the jitter, chosen by its code. */
function writeJitterStep(
  f: FunctionBuilder,
  { step, factor, phases }: JitterStepCode,
  colours: Local<'i32'>,
  area: number,
): void {
  const by = f.let(f32x4.splat(factor));
  const when = (code: number, body: () => void) => f.if(i32.eq(step, code), body);
  const blendWith = (other: (colour: Local<'v128'>) => Value<'v128'>) =>
    eachColour(f, colours, area, (colour) => f.set(colour, blend(f, colour, by, f.let(other(colour)))));
  when(JITTER.brightness, () => blendWith(() => f.splat(0)));
  when(JITTER.saturation, () => blendWith((colour) => f32x4.splat(greyOf(colour))));
  when(JITTER.hue, () => eachColour(f, colours, area, (colour) => shiftHue(f, colour, factor, phases)));
  when(JITTER.contrast, () => {
    const sum = f.let(f64.const(0));
    eachColour(f, colours, area, (colour) => f.set(sum, f64.add(sum, f64.fromF32(greyOf(colour)))));
    const grey = f.let(f32x4.splat(f32.fromF64(f64.div(sum, f64.const(area)))));
    blendWith(() => grey);
  });
}
