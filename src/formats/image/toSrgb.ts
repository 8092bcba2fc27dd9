/** Chromaticities x, y of white, red, green and blue. */
export type Primaries = readonly [number, number, number, number, number, number, number, number];

export const SRGB_PRIMARIES: Primaries = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
export const P3_PRIMARIES: Primaries = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06];
export const BT2020_PRIMARIES: Primaries = [0.3127, 0.329, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046];

/** A way of coding colours: the primaries, and the exponent that makes a value linear, or sRGB's own curve. */
export interface ColorCoding {
  readonly primaries: Primaries;
  readonly exponent: number | 'srgb';
}

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

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

/** Linear RGB of `from` to linear sRGB, with the whites adapted to each other by Bradford's method. */
function toLinearSrgb(from: Primaries): Matrix {
  const there = apply(BRADFORD, xyz(from[0], from[1]));
  const here = apply(BRADFORD, xyz(SRGB_PRIMARIES[0], SRGB_PRIMARIES[1]));
  const scale = diagonal([here[0] / there[0], here[1] / there[1], here[2] / there[2]]);
  const adapt = multiply(invert(BRADFORD), multiply(scale, BRADFORD));
  return multiply(invert(toXyz(SRGB_PRIMARIES)), multiply(adapt, toXyz(from)));
}

function decodeSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encodeSrgb(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** Steps of the table of encoded values: fine enough that the darkest values keep their level. */
const STEPS = 16_384;

/**
 * Converts RGBA bytes to sRGB in place; colours outside sRGB are clipped, alpha stays. Primaries of which no matrix can be made are taken as
 * those of sRGB.
 */
export function convertToSrgb(rgba: Uint8Array | Uint8ClampedArray, { primaries, exponent }: ColorCoding): void {
  const linear = Float64Array.from({ length: 256 }, (_, i) =>
    exponent === 'srgb' ? decodeSrgb(i / 255) : (i / 255) ** exponent,
  );
  const encoded = Uint8Array.from({ length: STEPS + 1 }, (_, i) => Math.round(encodeSrgb(i / STEPS) * 255));
  const matrix = toLinearSrgb(primaries);
  const isUsable = matrix.flat().every(Number.isFinite);
  const [toRed, toGreen, toBlue] = isUsable ? matrix : diagonal([1, 1, 1]);
  const encode = (value: number) => encoded[Math.round(Math.min(1, Math.max(0, value)) * STEPS)];
  for (let i = 0; i < rgba.length; i += 4) {
    const color: Vector = [linear[rgba[i]], linear[rgba[i + 1]], linear[rgba[i + 2]]];
    rgba[i] = encode(dot(toRed, color));
    rgba[i + 1] = encode(dot(toGreen, color));
    rgba[i + 2] = encode(dot(toBlue, color));
  }
}
