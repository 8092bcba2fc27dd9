/** A rotation as a 3 x 3 matrix, row-major. It maps a run's axes to the screen's: x to the right, y up, z towards the viewer. */
export type Rotation = readonly [number, number, number, number, number, number, number, number, number];

/** The rotation that follows `first` by `second`. */
export function combined(second: Rotation, first: Rotation): Rotation {
  const [a, b, c, d, e, f, g, h, i] = second;
  const [p, q, r, s, t, u, v, w, x] = first;
  return [
    a * p + b * s + c * v,
    a * q + b * t + c * w,
    a * r + b * u + c * x,
    d * p + e * s + f * v,
    d * q + e * t + f * w,
    d * r + e * u + f * x,
    g * p + h * s + i * v,
    g * q + h * t + i * w,
    g * r + h * u + i * x,
  ];
}

/** Turns the front to the right and up by these angles in radians, about the screen's axes. */
export function turned(rotation: Rotation, right: number, up: number): Rotation {
  const [cr, sr, cu, su] = [Math.cos(right), Math.sin(right), Math.cos(up), Math.sin(up)];
  const aboutY: Rotation = [cr, 0, sr, 0, 1, 0, -sr, 0, cr];
  const aboutX: Rotation = [1, 0, 0, 0, cu, su, 0, -su, cu];
  return combined(aboutX, combined(aboutY, rotation));
}

/** Points [N, 3] on the screen's axes, written into `out`. */
export function rotatePoints(points: Float32Array, rotation: Rotation, out: Float32Array): void {
  const [a, b, c, d, e, f, g, h, i] = rotation;
  for (let at = 0; at + 2 < points.length; at += 3) {
    const [x, y, z] = [points[at], points[at + 1], points[at + 2]];
    out[at] = a * x + b * y + c * z;
    out[at + 1] = d * x + e * y + f * z;
    out[at + 2] = g * x + h * y + i * z;
  }
}
