import { type FunctionBuilder, f32x4, i32, type Local, memory, v128 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel } from './kernel';
import { at, FLOAT, loadLanes, storeLanes } from './lanes';

/**
 * Maxima of windows of 3 x 3 at stride 2 with padding 1. A window's row or column on the padding is replaced by its neighbour inside the
 * image, which the window holds anyway, or left out.
 */

/** Images [N, height, width, C] -> [N, ceil(height / 2), ceil(width / 2), C]. */
export interface MaxPoolShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const shapeName = ({ images, height, width, channels }: MaxPoolShape) => `${images}x${height}x${width}x${channels}`;
/** Rows or columns of windows. */
const windows = (size: number): number => Math.ceil(size / 2);

type Rows = readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>];
const rowsOf = (f: FunctionBuilder): Rows => [f.local('i32'), f.local('i32'), f.local('i32')];

/** Sets the pointers to the three rows that the windows of a row meet. */
function enterRow(f: FunctionBuilder, rows: Rows, image: Local<'i32'>, row: Local<'i32'>, shape: MaxPoolShape): void {
  const { height, width, channels } = shape;
  const middle = f.let(i32.mul(row, 2));
  const rowBytes = width * channels * FLOAT;
  f.set(rows[0], at(image, i32.max(i32.sub(middle, 1), i32.const(0)), rowBytes));
  f.set(rows[1], at(image, middle, rowBytes));
  f.set(rows[2], at(image, i32.min(i32.add(middle, 1), i32.const(height - 1)), rowBytes));
}

/**
 * Runs the body for the channels of each window of a row; the body gets the number of lanes and the offsets of the window's columns.
 * @param moving pointers that move by a column of x from window to window twice, from the first column on
 * @param target pointer that moves by a window
 */
function eachWindow(
  f: FunctionBuilder,
  { width, channels }: MaxPoolShape,
  moving: readonly Local<'i32'>[],
  target: Local<'i32'>,
  body: (lanes: number, columns: readonly number[]) => void,
): void {
  const pixel = channels * FLOAT;
  const run = (count: number, columns: number, skipped: number) =>
    f.times(count, () => {
      const offsets = Array.from({ length: columns }, (_, column) => column * pixel);
      // The pointers move by a pixel while its channels are worked on.
      eachVector(f, channels, [target, ...moving], (lanes) => body(lanes, offsets));
      for (const pointer of moving) f.advance(pointer, skipped * pixel);
    });
  const cut = width > 1 && width % 2 === 1 ? 1 : 0;
  run(1, Math.min(width, 2), 0);
  run(windows(width) - 1 - cut, 3, 1);
  run(cut, 2, 0);
}

/** `(x, y)`: the maximum of each window, NaN where it holds one. A unit is a row of windows. */
export function maxPool(shape: MaxPoolShape): Kernel<'x' | 'y'> {
  const { images, height, width, channels } = shape;
  const rowsOfWindows = windows(height);
  return defineKernel({
    name: `maxPool-${shapeName(shape)}`,
    buffers: ['x', 'y'],
    units: images * rowsOfWindows,
    write(f, { x, y, from, to }) {
      const { image, row } = f.locals('i32', 'image', 'row');
      const rows = rowsOf(f);
      const target = f.let(at(y, from, windows(width) * channels * FLOAT));
      const { value, best, odd } = f.locals('v128', 'value', 'best', 'odd');
      f.upTo(from, to, 1, () => {
        f.set(image, at(x, i32.divU(from, rowsOfWindows), height * width * channels * FLOAT));
        f.set(row, i32.remU(from, rowsOfWindows));
        enterRow(f, rows, image, row, shape);
        eachWindow(f, shape, rows, target, (lanes, columns) => {
          const taps = rows.flatMap((pointer) => columns.map((offset) => loadLanes(pointer, lanes, offset)));
          taps.forEach((tap, number) => {
            f.set(value, tap);
            const isNan = f32x4.ne(value, value);
            // Quicker than `max`, which takes care of NaN each time.
            f.set(best, number === 0 ? value : f32x4.pmax(value, best));
            f.set(odd, number === 0 ? isNan : v128.or(odd, isNan));
          });
          f.set(best, v128.or(best, odd));
          for (const store of storeLanes(target, best, lanes)) f.emit(store);
        });
      });
    },
  });
}

/**
 * `(dy, x, dx)`: each window's dy at its first maximum in row-major order, or at its last NaN, as in PyTorch. A unit is an image.
 */
export function maxPoolGradient(shape: MaxPoolShape): Kernel<'dy' | 'x' | 'dx'> {
  const { images, height, width, channels } = shape;
  const imageBytes = height * width * channels * FLOAT;
  return defineKernel({
    name: `maxPoolGradient-${shapeName(shape)}`,
    buffers: ['dy', 'x', 'dx'],
    units: images,
    write(f, { dy, x, dx, from, to }) {
      const [sources, goals] = [rowsOf(f), rowsOf(f)];
      const { image, goal, row } = f.locals('i32', 'image', 'goal', 'row');
      const incoming = f.let(at(dy, from, windows(height) * windows(width) * channels * FLOAT));
      const { value, best, place, taken, gradient } = f.locals('v128', 'value', 'best', 'place', 'taken', 'gradient');
      f.upTo(from, to, 1, () => {
        f.set(image, at(x, from, imageBytes));
        f.set(goal, at(dx, from, imageBytes));
        f.emit(memory.clear(goal, imageBytes));
        f.set(row, i32.const(0));
        f.upTo(row, windows(height), 1, () => {
          enterRow(f, sources, image, row, shape);
          enterRow(f, goals, goal, row, shape);
          eachWindow(f, shape, [...sources, ...goals], incoming, (lanes, columns) => {
            const taps = sources.flatMap((pointer) => columns.map((offset) => loadLanes(pointer, lanes, offset)));
            taps.forEach((tap, number) => {
              f.set(value, tap);
              if (number === 0) {
                f.set(best, value);
                f.set(place, f.splat(0));
                return;
              }
              f.set(taken, v128.or(f32x4.gt(value, best), f32x4.ne(value, value)));
              f.set(best, v128.select(value, best, taken));
              f.set(place, v128.select(f.splat(number), place, taken));
            });
            f.set(gradient, loadLanes(incoming, lanes));
            goals.forEach((pointer, r) => {
              columns.forEach((offset, column) => {
                const here = v128.and(gradient, f32x4.eq(place, f.splat(r * columns.length + column)));
                // A row at the border can stand for two of the window, so that it is read again after it was written.
                f.set(value, f32x4.add(loadLanes(pointer, lanes, offset), here));
                for (const store of storeLanes(pointer, value, lanes, offset)) f.emit(store);
              });
            });
          });
        });
      });
    },
  });
}
