import type { Camera, Size } from './camera';

/** What a frame of the map shows. */
export interface MapFrame {
  readonly camera: Camera;
  readonly size: Size;
  /** How far the points have come from their old places to the new ones, in [0, 1]. */
  readonly moved: number;
  /** Of a point, in CSS pixels. */
  readonly diameter: number;
  /** Device pixels in a CSS pixel. */
  readonly ratio: number;
}

/** That some of the points are drawn. */
export interface DrawnSample {
  /** How many of them. */
  readonly points: number;
  /** `software`: the browser draws without a GPU, which takes too long for all of them. */
  readonly why: 'no WebGL' | 'software';
}

/** The points of a map, drawn on a canvas. */
export interface PointLayer {
  /** null: all are drawn. */
  readonly sample: DrawnSample | null;
  /** The points glide from one place to the other, [n, 2] each. */
  move(from: Float32Array, to: Float32Array): void;
  /** The colour of each point, as a place among the colours (`#rrggbb`). */
  paint(indices: Uint8Array, colours: readonly string[]): void;
  /** 1 for each point that is drawn as chosen, in this colour and over the others. */
  mark(chosen: Uint8Array, colour: string): void;
  draw(frame: MapFrame): void;
  dispose(): void;
}

/** The diameter of a point in CSS pixels: smaller where there are many, larger after zooming in. */
export function pointDiameter(count: number, zoom: number): number {
  const base = count > 20_000 ? 2.5 : count > 4000 ? 3.5 : 5;
  return Math.min(9, base * Math.max(1, zoom) ** 0.3);
}
