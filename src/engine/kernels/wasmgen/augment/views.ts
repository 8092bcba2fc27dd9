import type { Normalisation } from '../../augment/normalisation';
import { AUGMENT_COLUMNS, COLUMN, JITTER } from '../../augment/params';
import { type FunctionBuilder, f32, f32x4, f64, i32, type Local, type Value, v128 } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT, VECTOR } from '../lanes';
import { COLOUR, writeBlurAlong, writeGaussian } from './blur';
import { blend, greyOf, shiftHue } from './colour';
import { PACKED, TAP_BYTES, writeCrop } from './crop';

export interface AugmentShape {
  readonly images: number;
  readonly inHeight: number;
  readonly inWidth: number;
  /** A multiple of the images: view v is of image v modulo images. */
  readonly views: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

const CHANNELS = 3;

/** The numbers of a normalisation as the kernel reads them: two vectors, the fourth lane unused. */
export function normalisationNumbers({ mean, std }: Normalisation): Float32Array<ArrayBuffer> {
  return Float32Array.of(...mean, 0, ...std, 1);
}

/**
 * `(pixels, params, normalisation, views)`: the augmentations of `augmentBatch`, from packed pixels [images, inHeight, inWidth] (one int32 per pixel,
 * alpha 255) and rows of `AUGMENT_COLUMNS` numbers [views, 16] to views [views, outHeight, outWidth, 3]: crop and resize, flip, jitter,
 * grey, blur (without `blur`, its columns are ignored), normalisation by the numbers of `normalisationNumbers`. A unit is a view.
 */
export function augmentViews(
  shape: AugmentShape,
  blur: boolean,
  variant: Variant,
): Kernel<'pixels' | 'params' | 'normalisation' | 'views'> {
  const { images, inHeight, inWidth, views: count, outHeight, outWidth } = shape;
  const area = outHeight * outWidth;
  const blurredAt = area * COLOUR;
  const tapsAt = blurredAt + (blur ? area * COLOUR : 0);
  const weightsAt = tapsAt + outWidth * TAP_BYTES;
  const sizes = Object.values(shape).join('x');
  return defineKernel({
    name: `augment-${sizes}${blur ? '-blur' : ''}${variant.fma ? '-fma' : ''}`,
    buffers: ['pixels', 'params', 'normalisation', 'views'],
    units: count,
    scratchBytes: weightsAt + Math.max(outHeight, outWidth) * FLOAT,
    write(f, { pixels, params, normalisation, views, scratch, from, to }) {
      const row = f.let(at(params, from, AUGMENT_COLUMNS * FLOAT));
      const column = (index: number) => f32.load(row, index * FLOAT);
      const whole = (index: number) => i32.truncate(column(index));
      const [blurred, taps, weights] = [
        f.let(i32.add(scratch, blurredAt)),
        f.let(i32.add(scratch, tapsAt)),
        f.let(i32.add(scratch, weightsAt)),
      ];
      const target = f.let(at(views, from, area * CHANNELS * FLOAT));
      const phases = f.let(f32x4.lanes(5, 3, 1, 0));
      const means = f.let(v128.load(normalisation));
      const deviations = f.let(v128.load(normalisation, VECTOR));
      f.upTo(from, to, 1, () => {
        const image = i32.mul(i32.remU(from, images), inHeight * inWidth);
        const corner = i32.add(i32.mul(whole(COLUMN.top), inWidth), whole(COLUMN.left));
        const box = {
          height: f.let(whole(COLUMN.height)),
          width: f.let(whole(COLUMN.width)),
          flip: f.let(whole(COLUMN.flip)),
        };
        const first = f.let(at(pixels, i32.add(image, corner), PACKED));
        writeCrop(f, variant, { inWidth, outHeight, outWidth }, box, first, taps, scratch);
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
