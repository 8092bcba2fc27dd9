import { expect, it } from 'vitest';
import { halfBits, toHalves } from '../../../../src/domain/halfPrecision';
import { arcsBetween, GRATICULE } from '../../../../src/ui/outputs/sphere/arcs';
import { defaultView } from '../../../../src/ui/outputs/sphere/defaultView';
import { between } from '../../../../src/ui/outputs/sphere/glide';
import { centreOf, pointsOf } from '../../../../src/ui/outputs/sphere/points';
import { type Rotation, rotatePoints, turned } from '../../../../src/ui/outputs/sphere/rotation';
import { byDepth, imageAt, nearestTo, relativeSide, tileSide } from '../../../../src/ui/outputs/sphere/scene';
import { cosineBars, singularBars } from '../../../../src/ui/outputs/values/bars';
import { frameOf, type Shape } from '../../../setup/outputFrames';

const IDENTITY: Rotation = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const rotated = (points: Float32Array, rotation: Rotation) => {
  const out = new Float32Array(points.length);
  rotatePoints(points, rotation, out);
  return out;
};
const lengthsOf = (points: Float32Array) =>
  Array.from({ length: points.length / 3 }, (_, i) => Math.hypot(...points.subarray(3 * i, 3 * i + 3)));

it('reads points at a distance of 1, and those without a direction as NaN', () => {
  const nan = halfBits(Number.NaN);
  const infinite = halfBits(Number.POSITIVE_INFINITY);
  const points = pointsOf(Uint16Array.of(...toHalves([0.6, 0, 0.8, 0, 0, 0]), nan, 0, 0, 0, infinite, 0));
  expect(points[0]).toBeCloseTo(0.6, 3);
  expect(points[2]).toBeCloseTo(0.8, 3);
  expect([...points.subarray(3)].every(Number.isNaN)).toBe(true);
  expect(centreOf(points)[2]).toBeCloseTo(0.8, 3);
});

it('turns the front to the right and up, and keeps lengths', () => {
  const front = Float32Array.of(0, 0, 1);
  expect(rotated(front, turned(IDENTITY, 0.1, 0))[0]).toBeCloseTo(Math.sin(0.1), 6);
  expect(rotated(front, turned(IDENTITY, 0, 0.1))[1]).toBeCloseTo(Math.sin(0.1), 6);
  const points = pointsOf(frameOf('healthy').z.points);
  for (const length of lengthsOf(rotated(points, turned(IDENTITY, 0.7, -0.4)))) expect(length).toBeCloseTo(1, 5);
});

it('glides along the sphere, at an even speed', () => {
  const [from, to] = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)];
  const out = new Float32Array(3);
  between(from, to, 1 / 3, out);
  expect(out[0]).toBeCloseTo(Math.cos(Math.PI / 6), 6);
  expect(out[1]).toBeCloseTo(Math.sin(Math.PI / 6), 6);
  between(from, Float32Array.of(-1, 0, 0), 0.5, out);
  expect([...out]).toEqual([-1, 0, 0]);
  between(Float32Array.of(Number.NaN, 0, 0), to, 0.5, out);
  expect([...out]).toEqual([0, 1, 0]);
});

it.each<Shape>(['untrained', 'healthy', 'collapsed', 'dimensional'])(
  'looks at %s from 30 degrees below its leading direction',
  (shape) => {
    const points = pointsOf(frameOf(shape, { count: 200 }).z.points);
    const seen = rotated(points, defaultView(points));
    for (const length of lengthsOf(seen)) expect(length).toBeCloseTo(1, 5);
    const centre = centreOf(seen);
    expect(centre[1]).toBeGreaterThan(0);
    expect(centre[2]).toBeGreaterThan(0);
    expect(Math.abs(centre[0])).toBeLessThan(0.02);
    expect(Math.atan2(centre[1], centre[2])).toBeCloseTo(Math.PI / 6, 4);
  },
);

it('looks at nothing without failing', () => {
  expect(defaultView(new Float32Array(0)).every(Number.isFinite)).toBe(true);
  expect(defaultView(new Float32Array(6).fill(Number.NaN)).every(Number.isFinite)).toBe(true);
});

it('orders images by depth, without those that are NaN, and finds the foremost at a place', () => {
  const points = Float32Array.of(0, 0, 1, 0, 0, -1, Number.NaN, Number.NaN, Number.NaN, 0.6, 0, 0.8);
  const order = byDepth(points);
  expect([...order]).toEqual([1, 3, 0]);
  expect(imageAt(points, order, 0.01, 0, 0.2)).toBe(0);
  expect(imageAt(points, order, 0.65, 0.05, 0.2)).toBe(3);
  expect(imageAt(points, order, 0.3, 0.3, 0.2)).toBeNull();
  expect([...nearestTo(points, 0, 1)]).toEqual([3]);
  expect([...nearestTo(points, 0, 9)]).toEqual([3, 1]);
});

it('draws smaller tiles behind than in front, and for more images', () => {
  expect([1, 0.01, -0.01, -1].map((depth) => Math.round(32 * relativeSide(depth)))).toEqual([32, 24, 22, 19]);
  expect(tileSide(150, 196)).toBe(32);
  expect(tileSide(500, 196)).toBeLessThan(20);
  expect(tileSide(10_000, 100)).toBe(18);
});

it('draws trails as arcs on the sphere, none for images that did not move', () => {
  const from = Float32Array.of(1, 0, 0, 0, 0, 1, Number.NaN, 0, 0);
  const arcs = arcsBetween(from, Float32Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0));
  expect(arcs).toHaveLength(1);
  for (const line of [...arcs, ...GRATICULE]) for (const length of lengthsOf(line)) expect(length).toBeCloseTo(1, 5);
  expect([...arcs[0]!.subarray(-3)].map((x) => Math.round(x))).toEqual([0, 1, 0]);
});

it('draws bars on fixed scales, and no bar for what is no number', () => {
  expect(cosineBars([0.25, 1, Number.NaN]).map(({ height }) => height)).toEqual([0.5, 1, 0]);
  expect(singularBars([0.9, 0.1, 0]).map(({ height }) => height)).toEqual([0.9, 0.1, 0]);
  const last = singularBars(new Float32Array(64).fill(0.1)).at(-1)!;
  expect(last.x + last.width).toBeLessThanOrEqual(1);
});
