import { type FunctionBuilder, f32, f32x4, type Local, type Value } from '../assembler';

/** A pixel is a vector of red, green, blue and a fourth lane that is not used. */

/** ITU-R 601 luma, with torchvision's digits. */
const LUMA = [0.2989, 0.587, 0.114] as const;

/** The grey of a colour. */
export function greyOf(colour: Local<'v128'>): Value<'f32'> {
  const part = (lane: 0 | 1 | 2) => f32.mul(f32x4.lane(colour, lane), f32.const(LUMA[lane]));
  return f32.add(f32.add(part(0), part(1)), part(2));
}

/** factor colour + (1 - factor) other, cut to [0, 1]. */
export function blend(
  f: FunctionBuilder,
  colour: Value<'v128'>,
  factor: Value<'v128'>,
  other: Value<'v128'>,
): Value<'v128'> {
  const mixed = f32x4.add(f32x4.mul(factor, colour), f32x4.mul(f32x4.sub(f.splat(1), factor), other));
  return f32x4.pmin(f32x4.pmax(mixed, f.splat(0)), f.splat(1));
}

/** Converts RGB to HSV, shifts the hue by `turns` full turns, and converts back, in place. A grey has no hue and does not change. */
export function shiftHue(f: FunctionBuilder, colour: Local<'v128'>, turns: Local<'f32'>, phases: Local<'v128'>): void {
  const red = f.let(f32x4.lane(colour, 0));
  const green = f.let(f32x4.lane(colour, 1));
  const blue = f.let(f32x4.lane(colour, 2));
  const value = f.let(f32.max(f32.max(red, green), blue));
  const chroma = f.let(f32.sub(value, f32.min(f32.min(red, green), blue)));
  f.if(f32.gt(chroma, f32.const(0)), () => {
    const sixths = f.local('f32');
    const from = (start: number, a: Local<'f32'>, b: Local<'f32'>) =>
      f.set(sixths, f32.add(f32.const(start), f32.div(f32.sub(a, b), chroma)));
    f.if(
      f32.eq(value, red),
      () => from(0, green, blue),
      () =>
        f.if(
          f32.eq(value, green),
          () => from(2, blue, red),
          () => from(4, red, green),
        ),
    );
    const k = f.let(f32x4.add(phases, f32x4.splat(f32.add(sixths, f32.mul(f32.const(6), turns)))));
    const wrapped = f.let(f32x4.sub(k, f32x4.mul(f.splat(6), f32x4.floor(f32x4.div(k, f.splat(6))))));
    const share = f32x4.pmin(wrapped, f32x4.sub(f.splat(4), wrapped));
    const cut = f32x4.pmin(f32x4.pmax(share, f.splat(0)), f.splat(1));
    f.set(colour, f32x4.sub(f32x4.splat(value), f32x4.mul(f32x4.splat(chroma), cut)));
  });
}
