/** Below this sine of the angle, two directions are equal or opposite, and the arc between them is not determined. */
const UNDETERMINED = 1e-4;

/**
 * Points [N, 3] on their way along the sphere: at `share` 0 at `from`, at 1 at `to`, in between on the great circle through both (slerp).
 * A point that is NaN at either end is at `to` at once.
 */
export function between(from: Float32Array, to: Float32Array, share: number, out: Float32Array): void {
  for (let at = 0; at + 2 < to.length; at += 3) {
    const dot = from[at] * to[at] + from[at + 1] * to[at + 1] + from[at + 2] * to[at + 2];
    const angle = Math.acos(Math.max(-1, Math.min(1, dot)));
    const sine = Math.sin(angle);
    // Also for NaN, for which every comparison is false.
    const determined = sine > UNDETERMINED;
    const a = determined ? Math.sin((1 - share) * angle) / sine : 0;
    const b = determined ? Math.sin(share * angle) / sine : 1;
    for (let c = at; c < at + 3; c++) out[c] = determined ? a * from[c] + b * to[c] : to[c];
  }
}
