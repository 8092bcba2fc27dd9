import { f32x4 } from './assembler';
import { defineKernel, type Kernel } from './kernel';
import { at, eachGroup, FLOAT, GROUP, LANES, loadLanes, storeLanes, VECTOR } from './lanes';

/** Images [N, pixels, C] and their means [N, C]. */
export interface PoolShape {
  readonly images: number;
  readonly pixels: number;
  readonly channels: number;
}

const poolName = ({ images, pixels, channels }: PoolShape): string => `${images}x${pixels}x${channels}`;

/** `(x, y)`: the mean over the pixels of each image. A unit is an image. */
export function globalAveragePool(shape: PoolShape): Kernel<'x' | 'y'> {
  const { images, pixels, channels } = shape;
  const rowBytes = channels * FLOAT;
  return defineKernel({
    name: `averagePool-${poolName(shape)}`,
    buffers: ['x', 'y'],
    units: images,
    write(f, { x, y, from, to }) {
      const { pixel, mean } = f.locals('i32', 'pixel', 'mean');
      f.upTo(from, to, 1, () => {
        eachGroup(f, channels, [0, 'all'], ({ vectors, lanes }, index) => {
          const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
          const sums = Array.from({ length: vectors }, () => f.let(f32x4.const(0)));
          f.set(pixel, at(at(x, from, pixels * rowBytes), index, GROUP * FLOAT));
          f.times(pixels, () => {
            sums.forEach((sum, j) => f.set(sum, f32x4.add(sum, loadLanes(pixel, lanesOf(j), j * VECTOR))));
            f.advance(pixel, rowBytes);
          });
          f.set(mean, at(at(y, from, rowBytes), index, GROUP * FLOAT));
          sums.forEach((sum, j) => {
            f.set(sum, f32x4.div(sum, f.splat(pixels)));
            for (const store of storeLanes(mean, sum, lanesOf(j), j * VECTOR)) f.emit(store);
          });
        });
      });
    },
  });
}

/** `(dy, dx)`: each pixel's share dy / pixels. A unit is an image. */
export function globalAveragePoolGradient(shape: PoolShape): Kernel<'dy' | 'dx'> {
  const { images, pixels, channels } = shape;
  const rowBytes = channels * FLOAT;
  return defineKernel({
    name: `averagePoolGradient-${poolName(shape)}`,
    buffers: ['dy', 'dx'],
    units: images,
    write(f, { dy, dx, from, to }) {
      const { pixel, gradient } = f.locals('i32', 'pixel', 'gradient');
      f.upTo(from, to, 1, () => {
        eachGroup(f, channels, [0, 'all'], ({ vectors, lanes }, index) => {
          const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
          f.set(gradient, at(at(dy, from, rowBytes), index, GROUP * FLOAT));
          const shares = Array.from({ length: vectors }, (_, j) =>
            f.let(f32x4.div(loadLanes(gradient, lanesOf(j), j * VECTOR), f.splat(pixels))),
          );
          f.set(pixel, at(at(dx, from, pixels * rowBytes), index, GROUP * FLOAT));
          f.times(pixels, () => {
            shares.forEach((share, j) => {
              for (const store of storeLanes(pixel, share, lanesOf(j), j * VECTOR)) f.emit(store);
            });
            f.advance(pixel, rowBytes);
          });
        });
      });
    },
  });
}
