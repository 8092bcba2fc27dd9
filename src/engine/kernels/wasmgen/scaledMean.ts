import { f32, f64 } from './assembler';
import { defineKernel, type Kernel } from './kernel';
import { FLOAT } from './lanes';

/** `(values, mean)`: factor times the mean of `count` numbers, summed in float64 in order. One unit. */
export function scaledMean(count: number, factor: number): Kernel<'values' | 'mean'> {
  return defineKernel({
    name: `scaledMean-${count}-${factor}`,
    buffers: ['values', 'mean'],
    units: 1,
    write(f, { values, mean }) {
      const sum = f.local('f64');
      f.times(count, () => {
        f.set(sum, f64.add(sum, f64.fromF32(f32.load(values))));
        f.advance(values, FLOAT);
      });
      f.emit(f32.store(mean, f32.fromF64(f64.mul(sum, f64.const(factor / count)))));
    },
  });
}
