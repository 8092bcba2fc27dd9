/** Chromaticities x, y of white, red, green and blue. */
export type Primaries = readonly [number, number, number, number, number, number, number, number];

export const SRGB_PRIMARIES: Primaries = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
export const P3_PRIMARIES: Primaries = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06];
export const BT2020_PRIMARIES: Primaries = [0.3127, 0.329, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046];

export type Vector = readonly [number, number, number];
export type Matrix = readonly [Vector, Vector, Vector];

/** A way of coding colours: the exponent that makes a value linear, or sRGB's own curve, and the matrix from there to linear sRGB. */
export interface ColorCoding {
  readonly exponent: number | 'srgb';
  readonly toLinearSrgb: Matrix;
}

/** XYZ of linear sRGB's red, green and blue, adapted to the white D50 of profiles. */
const SRGB_AT_D50: Matrix = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
];

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function apply(m: Matrix, v: Vector): Vector {
  return [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
}

function transpose([a, b, c]: Matrix): Matrix {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

function multiply(a: Matrix, b: Matrix): Matrix {
  const [x, y, z] = transpose(b);
  return transpose([apply(a, x), apply(a, y), apply(a, z)]);
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function invert([a, b, c]: Matrix): Matrix {
  const det = dot(a, cross(b, c));
  const divide = (v: Vector): Vector => [v[0] / det, v[1] / det, v[2] / det];
  return transpose([divide(cross(b, c)), divide(cross(c, a)), divide(cross(a, b))]);
}

function diagonal([a, b, c]: Vector): Matrix {
  return [
    [a, 0, 0],
    [0, b, 0],
    [0, 0, c],
  ];
}

function xyz(x: number, y: number): Vector {
  return [x / y, 1, (1 - x - y) / y];
}

/** Linear RGB to XYZ, so that (1, 1, 1) is the white of the primaries with Y = 1. */
function toXyz([wx, wy, rx, ry, gx, gy, bx, by]: Primaries): Matrix {
  const columns = transpose([xyz(rx, ry), xyz(gx, gy), xyz(bx, by)]);
  return multiply(columns, diagonal(apply(invert(columns), xyz(wx, wy))));
}

function usable(matrix: Matrix): Matrix | null {
  return matrix.flat().every(Number.isFinite) ? matrix : null;
}

/** Linear RGB to linear sRGB, with the whites adapted to each other by Bradford's method; null for primaries that make no sense. */
export function matrixOfPrimaries(from: Primaries): Matrix | null {
  const there = apply(BRADFORD, xyz(from[0], from[1]));
  const here = apply(BRADFORD, xyz(SRGB_PRIMARIES[0], SRGB_PRIMARIES[1]));
  const scale = diagonal([here[0] / there[0], here[1] / there[1], here[2] / there[2]]);
  const adapt = multiply(invert(BRADFORD), multiply(scale, BRADFORD));
  return usable(multiply(invert(toXyz(SRGB_PRIMARIES)), multiply(adapt, toXyz(from))));
}

/** Linear RGB to linear sRGB, from the XYZ that a profile gives red, green and blue; null where they make no sense. */
export function matrixOfProfile(red: Vector, green: Vector, blue: Vector): Matrix | null {
  return usable(multiply(invert(SRGB_AT_D50), transpose([red, green, blue])));
}

function decodeSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encodeSrgb(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** Steps of the table of encoded values: fine enough that the darkest values keep their level. */
const STEPS = 16_384;

/** Converts RGBA bytes to sRGB in place; colours outside sRGB are clipped, alpha stays. */
export function convertToSrgb(rgba: Uint8Array | Uint8ClampedArray, { exponent, toLinearSrgb }: ColorCoding): void {
  const linear = Float64Array.from({ length: 256 }, (_, i) =>
    exponent === 'srgb' ? decodeSrgb(i / 255) : (i / 255) ** exponent,
  );
  const encoded = Uint8Array.from({ length: STEPS + 1 }, (_, i) => Math.round(encodeSrgb(i / STEPS) * 255));
  const [toRed, toGreen, toBlue] = toLinearSrgb;
  const encode = (value: number) => encoded[Math.round(Math.min(1, Math.max(0, value)) * STEPS)];
  for (let i = 0; i < rgba.length; i += 4) {
    const color: Vector = [linear[rgba[i]], linear[rgba[i + 1]], linear[rgba[i + 2]]];
    rgba[i] = encode(dot(toRed, color));
    rgba[i + 1] = encode(dot(toGreen, color));
    rgba[i + 2] = encode(dot(toBlue, color));
  }
}
