import { isSoftwareRenderer, rendererOf } from '../../../domain/softwareRenderer';
import { CanvasPoints, MOST_ON_CANVAS } from './canvasPoints';
import type { PointLayer } from './pointLayer';
import { WebglPoints } from './webglPoints';

/**
 * The layer for as many points: on WebGL, or on a plain canvas where the browser has no WebGL, or has it in software and there are many points.
 * Each frame of software WebGL is awaited and read back by the main thread: 50,000 points kept it busy for 50 to 600 ms, a sample on a plain
 * canvas takes some milliseconds.
 * @param onRestored called when all is to be drawn again
 * @throws Error where the browser does not give a canvas to draw on
 */
export function pointsOn(canvas: HTMLCanvasElement, count: number, onRestored: () => void): PointLayer {
  if (count > MOST_ON_CANVAS && drawsInSoftware()) return new CanvasPoints(canvas, count, 'software');
  return WebglPoints.on(canvas, onRestored) ?? new CanvasPoints(canvas, count, 'no WebGL');
}

/** Whether WebGL is there, but without a GPU. Asked on another canvas: one that has a WebGL context gets no other. */
function drawsInSoftware(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) return false;
  const isSoftware = isSoftwareRenderer(rendererOf(gl));
  // Browsers allow a page some 16 contexts.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return isSoftware;
}
