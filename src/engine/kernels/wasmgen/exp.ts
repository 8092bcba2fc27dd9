import { type FunctionBuilder, f32, f64, i32, type Local, select, type Value } from './assembler';

const LOG2_E = Math.LOG2E;
const TERMS = 11;
/** Exponents of 2 below this are not those of a normal float32. */
const LEAST_EXPONENT = -126;

/** e^x for x <= 0, to a float32's last bit or two; below the smallest normal float32 it is 0. By Taylor's series, x being brought to within ln(2) / 2. */
export function expOfNegative(f: FunctionBuilder, x: Local<'f64'>): Value<'f32'> {
  const power = f.let(f64.nearest(f64.mul(x, f64.const(LOG2_E))));
  const rest = f.let(f64.sub(x, f64.mul(power, f64.const(Math.LN2))));
  // Horner: 1 + r (1 + r/2 (1 + r/3 (...))).
  let series: Value<'f64'> = f64.const(1);
  for (let n = TERMS; n >= 1; n--) {
    series = f64.add(f64.const(1), f64.mul(f64.mul(rest, f64.const(1 / n)), series));
  }
  const exponent = f.let(f64.toInt(power));
  const scale = f32.fromBits(i32.shl(i32.add(exponent, 127), 23));
  const scaled = f32.mul(f32.fromF64(series), scale);
  return select(i32.ltS(exponent, LEAST_EXPONENT), f32.const(0), scaled);
}
