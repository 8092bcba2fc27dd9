import { AREA as COPY_AREA, SIDE as COPY_SIDE } from './pictureCopies';
import type { Rectangle } from './views';

// Copied, since imported constants are slow to read in loops where modules are not bundled.
const SIDE = COPY_SIDE;
const AREA = COPY_AREA;

const ROUNDS = 8;
/** The search ends when no corner moves by more pixels than this. */
const SETTLED = 0.02;
const WHITE = 255;
/** Geometry: left, width, top, height; then contrast and brightness. */
const UNKNOWNS = 6;

/** Where a picture lies in another one, and how grey levels change: b(x, y) = contrast a(left + width x, top + height y) + brightness. */
export interface Alignment {
  /** In pixels of the copy. */
  readonly left: number;
  readonly top: number;
  /** Scales. */
  readonly width: number;
  readonly height: number;
  readonly contrast: number;
  readonly brightness: number;
}

/**
 * Aligns grey copy `a` to `b` from a first guess, by least squares over geometry and grey levels (Lucas & Kanade 1981, by Gauss-Newton steps
 * with contrast and brightness as unknowns).
 * @param from the part of a that is like the part `to` of b
 * @param rows only these rows of b count: from `rows[0]` to `rows[1]` - 1
 */
export function alignPictures(
  a: Float32Array,
  b: Float32Array,
  from: Rectangle,
  to: Rectangle,
  rows: readonly [number, number] = [0, SIDE],
): Alignment {
  const width = (from.right - from.left) / (to.right - to.left);
  const height = (from.bottom - from.top) / (to.bottom - to.top);
  const p = [SIDE * (from.left - to.left * width), width, SIDE * (from.top - to.top * height), height, 1, 0];
  const matrix = new Float64Array(UNKNOWNS * UNKNOWNS);
  const right = new Float64Array(UNKNOWNS);
  const j = new Float64Array(UNKNOWNS);
  for (let round = 0; round < ROUNDS; round++) {
    matrix.fill(0);
    right.fill(0);
    for (let y = rows[0]; y < rows[1]; y++) {
      const v = p[2] + p[3] * (y + 0.5) - 0.5;
      if (v < 0 || v > SIDE - 1) continue;
      const top = Math.min(SIDE - 2, Math.floor(v));
      const down = v - top;
      for (let x = 0; x < SIDE; x++) {
        const u = p[0] + p[1] * (x + 0.5) - 0.5;
        if (u < 0 || u > SIDE - 1) continue;
        const left = Math.min(SIDE - 2, Math.floor(u));
        const across = u - left;
        const at = top * SIDE + left;
        const upper = a[at] + across * (a[at + 1] - a[at]);
        const lower = a[at + SIDE] + across * (a[at + SIDE + 1] - a[at + SIDE]);
        const value = upper + down * (lower - upper);
        const slopeX = p[4] * ((1 - down) * (a[at + 1] - a[at]) + down * (a[at + SIDE + 1] - a[at + SIDE]));
        const slopeY = p[4] * (lower - upper);
        j[0] = slopeX;
        j[1] = slopeX * (x + 0.5);
        j[2] = slopeY;
        j[3] = slopeY * (y + 0.5);
        j[4] = value;
        j[5] = 1;
        const expected = p[4] * value + p[5];
        // Brighter than white is white: such a pixel says nothing about the unknowns.
        if (expected > WHITE || expected < 0) continue;
        const residual = b[y * SIDE + x] - expected;
        for (let r = 0; r < UNKNOWNS; r++) {
          right[r] += j[r] * residual;
          for (let c = 0; c <= r; c++) matrix[r * UNKNOWNS + c] += j[r] * j[c];
        }
      }
    }
    const step = solved(matrix, right);
    if (step === null) break;
    for (let i = 0; i < UNKNOWNS; i++) p[i] += step[i];
    const moved = Math.max(
      Math.abs(step[0]),
      Math.abs(step[0] + SIDE * step[1]),
      Math.abs(step[2]),
      Math.abs(step[2] + SIDE * step[3]),
    );
    // The first step finds contrast and brightness, on which the others depend.
    if (round > 0 && moved < SETTLED) break;
  }
  return { left: p[0], width: p[1], top: p[2], height: p[3], contrast: p[4], brightness: p[5] };
}

/** Solves the symmetric system by L D L^T, slightly damped; null where it has no solution. */
function solved(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const n = UNKNOWNS;
  for (let i = 0; i < n; i++) matrix[i * n + i] *= 1.0001;
  const x = right.slice();
  for (let c = 0; c < n; c++) {
    const pivot = matrix[c * n + c];
    if (!(pivot > 1e-9)) return null;
    for (let r = c + 1; r < n; r++) {
      const factor = matrix[r * n + c] / pivot;
      for (let k = r; k < n; k++) matrix[k * n + r] -= factor * matrix[k * n + c];
      x[r] -= factor * x[c];
    }
  }
  for (let r = n - 1; r >= 0; r--) {
    let sum = x[r];
    for (let k = r + 1; k < n; k++) sum -= matrix[k * n + r] * x[k];
    x[r] = sum / matrix[r * n + r];
  }
  return x.every(Number.isFinite) ? x : null;
}

/** Picture `a`, one channel of its copy, as it lies on `b`; NaN where it has no pixel. */
export function warped(a: Float32Array, { left, top, width, height }: Alignment): Float32Array {
  const out = new Float32Array(AREA).fill(Number.NaN);
  for (let y = 0; y < SIDE; y++) {
    const v = top + height * (y + 0.5) - 0.5;
    if (!(v >= -0.5 && v <= SIDE - 0.5)) continue;
    const row = Math.max(0, Math.min(SIDE - 2, Math.floor(v)));
    const down = Math.max(0, Math.min(1, v - row));
    for (let x = 0; x < SIDE; x++) {
      const u = left + width * (x + 0.5) - 0.5;
      if (!(u >= -0.5 && u <= SIDE - 0.5)) continue;
      const column = Math.max(0, Math.min(SIDE - 2, Math.floor(u)));
      const across = Math.max(0, Math.min(1, u - column));
      const at = row * SIDE + column;
      const upper = a[at] + across * (a[at + 1] - a[at]);
      const lower = a[at + SIDE] + across * (a[at + SIDE + 1] - a[at + SIDE]);
      out[y * SIDE + x] = upper + down * (lower - upper);
    }
  }
  return out;
}
