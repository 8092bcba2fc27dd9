import { type FunctionBuilder, f32, f32x4, f64, i32, i32x4, type Local, select, type Value } from './assembler';

const LOG2_E = Math.LOG2E;
const TERMS = 11;
/** Exponents of 2 below this are not those of a normal float32. */
const LEAST_EXPONENT = -126;

/**
 * e^x for x <= 0, to a float32's last bit or two; below the smallest normal float32 it is 0. By Taylor's series, after x is reduced to
 * within ln(2) / 2.
 */
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

/** At these e^x is 0 and infinite in float32. */
const [LEAST, MOST] = [-104, 89];
/** ln 2 in two parts: products of the first with whole numbers up to 2^14 are exact. */
const LN2_HIGH = 355 / 512;
const LN2_LOW = Math.LN2 - LN2_HIGH;
const VECTOR_TERMS = 7;

/** e^x of four floats, to the last bit or two, for all x; as `expOfNegative`, in float32. */
export function expOfVector(f: FunctionBuilder, x: Value<'v128'>): Value<'v128'> {
  const bounded = f.let(f32x4.pmin(f32x4.pmax(x, f.splat(LEAST)), f.splat(MOST)));
  const power = f.let(f32x4.nearest(f32x4.mul(bounded, f.splat(LOG2_E))));
  const high = f32x4.sub(bounded, f32x4.mul(power, f.splat(LN2_HIGH)));
  const rest = f.let(f32x4.sub(high, f32x4.mul(power, f.splat(LN2_LOW))));
  const inverses = [1];
  for (let n = 1; n <= VECTOR_TERMS; n++) inverses.push((inverses[n - 1] ?? 1) / n);
  const series = inverses.reduceRight<Value<'v128'>>(
    (sum, inverse) => f32x4.add(f32x4.mul(sum, rest), f.splat(inverse)),
    f.splat(0),
  );
  // 2^power as two factors, since it may be larger or smaller than a normal float32.
  const exponent = f.let(i32x4.truncate(power));
  const half = f.let(i32x4.shrS(exponent, 1));
  const powerOf2 = (n: Value<'v128'>) => i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(series, powerOf2(half)), powerOf2(i32x4.sub(exponent, half)));
}

const SQRT_2 = Math.SQRT2;
const LOG_TERMS = 11;
const MANTISSA_BITS = 23;
const MANTISSA = 2 ** MANTISSA_BITS - 1;

const LEAST_NORMAL = 2 ** LEAST_EXPONENT;

/** ln x, as a float32: -Infinity at 0 and NaN below. */
export function logOf(f: FunctionBuilder, x: Local<'f32'>): Value<'f32'> {
  const isSmall = f.let(f32.lt(x, f32.const(LEAST_NORMAL)));
  const normal = f.let(select(isSmall, f32.mul(x, f32.const(2 ** MANTISSA_BITS)), x));
  const shift = select(isSmall, f64.const(MANTISSA_BITS * Math.LN2), f64.const(0));
  const found = f.let(f32.fromF64(f64.sub(logOfPositive(f, normal), shift)));
  const positive = select(f32.lt(x, f32.const(Number.POSITIVE_INFINITY)), found, x);
  const below = select(f32.lt(x, f32.const(0)), f32.const(Number.NaN), f32.const(Number.NEGATIVE_INFINITY));
  // NaN is neither above 0 nor at most 0.
  return select(f32.le(x, f32.const(0)), below, positive);
}

/**
 * ln x for a positive, normal x, and NaN for NaN. By the series of the area hyperbolic tangent, after x is reduced to within a factor of
 * sqrt(2) of 1.
 */
function logOfPositive(f: FunctionBuilder, x: Local<'f32'>): Value<'f64'> {
  const bits = f.let(i32.fromBits(x));
  const power = f.let(i32.sub(i32.shrS(bits, MANTISSA_BITS), 127));
  const mantissa = f.let(f64.fromF32(f32.fromBits(i32.add(i32.and(bits, MANTISSA), 127 << MANTISSA_BITS))));
  f.if(f64.ge(mantissa, f64.const(SQRT_2)), () => {
    f.set(mantissa, f64.mul(mantissa, f64.const(0.5)));
    f.set(power, i32.add(power, 1));
  });
  const ratio = f.let(f64.div(f64.sub(mantissa, f64.const(1)), f64.add(mantissa, f64.const(1))));
  const square = f.let(f64.mul(ratio, ratio));
  let series: Value<'f64'> = f64.const(1 / (2 * LOG_TERMS + 1));
  for (let n = LOG_TERMS - 1; n >= 0; n--) series = f64.add(f64.const(1 / (2 * n + 1)), f64.mul(square, series));
  const found = f64.add(
    f64.mul(f64.mul(f64.const(2), ratio), series),
    f64.mul(f64.fromInt(power), f64.const(Math.LN2)),
  );
  return select(f32.eq(x, x), found, f64.fromF32(x));
}
