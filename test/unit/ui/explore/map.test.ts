import { describe, expect, it } from 'vitest';
import { boundsOf, fitted, panned, toMap, toScreen, zoomed } from '../../../../src/ui/explore/map/camera';
import { isInside, pointsInside } from '../../../../src/ui/explore/map/lasso';
import {
  evenOrder,
  overlap,
  pictureOrder,
  pictureSide,
  placeLabels,
  placePictures,
} from '../../../../src/ui/explore/map/placing';
import { regionsOf, regionTops, regionWords } from '../../../../src/ui/explore/map/regions';
import { clustersOfGroups, imagesInGroups, positionsInGroups } from '../../../setup/explored';

const SIZE = { width: 1000, height: 700 };
const COUNT = 3000;
const positions = positionsInGroups(COUNT, 9);
const whole = fitted(boundsOf(positions), SIZE);

describe('the camera', () => {
  it('shows all of a map, also of one point or of none', () => {
    for (let i = 0; i < COUNT; i++) {
      const [x, y] = toScreen(whole, SIZE, [positions[2 * i]!, positions[2 * i + 1]!]);
      expect(x > 0 && x < SIZE.width && y > 0 && y < SIZE.height).toBe(true);
    }
    for (const few of [Float32Array.of(3, 4), new Float32Array(0)]) {
      expect(Object.values(fitted(boundsOf(few), SIZE)).every(Number.isFinite)).toBe(true);
    }
  });

  it('zooms to what is under the pointer, within limits, and pans with it', () => {
    const at = [200, 600] as const;
    const near = zoomed(whole, SIZE, at, 3, whole.scale);
    const [before, after] = [toMap(whole, SIZE, at), toMap(near, SIZE, at)];
    expect(after[0]).toBeCloseTo(before[0]);
    expect(after[1]).toBeCloseTo(before[1]);
    expect(near.scale).toBeCloseTo(3 * whole.scale);
    expect(zoomed(whole, SIZE, at, 1e-9, whole.scale).scale).toBeCloseTo(whole.scale / 2);
    const moved = toScreen(panned(whole, 30, -5), SIZE, toMap(whole, SIZE, [100, 100]));
    expect(moved[0]).toBeCloseTo(130);
    expect(moved[1]).toBeCloseTo(95);
  });
});

describe('the lasso', () => {
  // A U: the place between its arms is outside.
  const u = [0, 0, 1, 0, 1, 2, 2, 2, 2, 0, 3, 0, 3, 3, 0, 3];

  it('is any outline, also one that is not convex', () => {
    expect(isInside(u, 0.5, 1)).toBe(true);
    expect(isInside(u, 2.5, 1)).toBe(true);
    expect(isInside(u, 1.5, 1)).toBe(false);
    expect(isInside(u, 1.5, 2.5)).toBe(true);
    expect(isInside(u, 4, 1)).toBe(false);
    expect(
      isInside(
        u.toReversed().map((_, i, all) => all[i ^ 1]!),
        1.5,
        1,
      ),
    ).toBe(false);
  });

  it('finds the points inside', () => {
    expect(pointsInside(u, Float32Array.of(0.5, 1, 1.5, 1, 2.5, 2.9, -1, 0))).toEqual([0, 2]);
  });
});

describe('pictures on the map', () => {
  const order = pictureOrder(evenOrder(COUNT), [7, 2999, -1]);
  const place = (camera = whole, kept: readonly number[] = []) =>
    placePictures({ camera, size: SIZE, whole: whole.scale, positions, order, kept });

  it('take every image in turn, those that stand for clusters first', () => {
    expect([...order.subarray(0, 2)].sort((a, b) => a - b)).toEqual([7, 2999]);
    expect(new Set(order).size).toBe(COUNT);
  });

  it.each([1, 1.3, 2, 5, 20])('do not overlap, and are at most 200, at zoom %d', (zoom) => {
    const camera = { ...whole, scale: whole.scale * zoom };
    const placed = place(camera);
    const side = pictureSide(camera.scale, whole.scale);
    const boxes = placed.map((image) => {
      const [x, y] = toScreen(camera, SIZE, [positions[2 * image]!, positions[2 * image + 1]!]);
      return { left: x - side / 2, top: y - side / 2, width: side, height: side };
    });
    expect(boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => overlap(a, b)))).toEqual([]);
    expect(placed.length).toBeGreaterThan(zoom > 10 ? 0 : 20);
    expect(placed.length).toBeLessThanOrEqual(200);
  });

  it('stay where they are while the map is moved and zoomed a little', () => {
    const before = place();
    const after = new Set(place(panned({ ...whole, scale: whole.scale * 1.05 }, 6, 4), before));
    expect(before.filter((image) => after.has(image)).length).toBeGreaterThan(0.9 * before.length);
  });

  it('leave out places that are not numbers', () => {
    const broken = Float32Array.from(positions, (value, i) => (i < 100 ? Number.NaN : value));
    const placed = placePictures({ camera: whole, size: SIZE, whole: whole.scale, positions: broken, order, kept: [] });
    expect(placed.every((image) => image >= 50)).toBe(true);
  });
});

describe('names on the map', () => {
  it('do not overlap, the most important first, within the screen', () => {
    const label = (x: number, y: number) => ({ x, y, width: 100, height: 18 });
    const boxes = placeLabels([label(500, 300), label(540, 305), label(10, 300), label(5, 800), label(500, 330)], SIZE);
    expect(boxes.map((box) => box !== null)).toEqual([true, false, true, false, true]);
    expect(boxes[2]!.left).toBe(2);
  });

  const clusters = clustersOfGroups(90, 9);

  it('say the class of most images of a cluster, where they have classes', () => {
    const [first] = regionsOf(clusters, imagesInGroups(90, 9));
    expect(regionWords(first!)).toBe('mostly ‘class 0’, 9');
    const mixed = imagesInGroups(90, 45);
    expect(regionsOf(clusters, mixed)[0]!.name).toBe('‘class 0’ and others');
    expect(regionWords(regionsOf(clusters, imagesInGroups(90, 9, false))[3]!)).toBe('cluster 4, 9 images');
  });

  it('stand above the images of their cluster', () => {
    const at = positionsInGroups(90, 9);
    const tops = regionTops(clusters.labels, 9, at);
    const ys = Array.from({ length: 10 }, (_, i) => at[2 * (40 + i) + 1]!);
    expect(tops[2 * 4 + 1]).toBeLessThan(ys.reduce((a, b) => a + b) / 10);
    expect(tops[2 * 4]).toBeGreaterThan(5);
  });
});
