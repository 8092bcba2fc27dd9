import { f32x4, i32, memory } from './assembler';
import { defineKernel, type Kernel, type Variant } from './kernel';
import { at, eachGroup, FLOAT, GROUP, groupsOf, LANES, loadLanes, storeLanes, VECTOR } from './lanes';
import { writeOuterProduct } from './outerProduct';
import type { PackedMatrices } from './panels';
import { cutRow, writeRowsProduct } from './product';

/** y [rows, outputs] = x [rows, inputs] w [inputs, outputs] + bias [outputs]. */
export interface LinearShape {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

const linearName = ({ rows, inputs, outputs }: LinearShape): string => `${rows}x${inputs}-${outputs}`;

const packing = ({ inputs, outputs }: LinearShape, transposed: boolean): PackedMatrices => ({
  rows: inputs,
  columns: outputs,
  taps: [0],
  transposed,
});

/** The orders in which the forward pass and the input gradient read the weights, for `packPanels`. */
export const linearForwardPacking = (shape: LinearShape): PackedMatrices => packing(shape, false);
export const linearInputGradientPacking = (shape: LinearShape): PackedMatrices => packing(shape, true);

/**
 * `(x, panels, bias, y)`: the product; `bias` is read only where there is one. A unit is a panel: the weights are divided among the
 * threads.
 */
export function linearForward(
  shape: LinearShape,
  { bias: hasBias }: { readonly bias: boolean },
  variant: Variant,
): Kernel<'x' | 'panels' | 'bias' | 'y'> {
  const { rows, inputs, outputs } = shape;
  return defineKernel({
    name: `linear-${linearName(shape)}${hasBias ? '-bias' : ''}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'panels', 'bias', 'y'],
    units: groupsOf(outputs).count,
    write(f, { x, panels, bias, y, from, to }) {
      const pitch = { x: inputs * FLOAT, y: outputs * FLOAT };
      const given = { x, panels, y, rows, groups: [from, to] as const };
      writeRowsProduct(f, variant, { inputs, outputs, pitch }, hasBias ? { ...given, bias } : given);
    },
  });
}

/** The same kernel with dy as x and dx as y: dx [rows, inputs] = dy w^T, with the weights packed for it and `bias` not read. */
export const linearInputGradient = ({ rows, inputs, outputs }: LinearShape, variant: Variant) =>
  linearForward({ rows, inputs: outputs, outputs: inputs }, { bias: false }, variant);

/** Inputs of a unit of the weight gradient. */
const UNIT_INPUTS = 16;
/** Rows that are used for all weights of a unit while they are in the cache. */
const BAND_ROWS = 64;

/** `(x, dy, dw)`: dw [inputs, outputs] = x^T dy. A unit is 16 inputs, so that there are no partial sums to add. */
export function linearWeightGradient(shape: LinearShape, variant: Variant): Kernel<'x' | 'dy' | 'dw'> {
  const { rows, inputs, outputs } = shape;
  const pitch = outputs * FLOAT;
  const full = Math.floor(inputs / UNIT_INPUTS);
  const rest = inputs % UNIT_INPUTS;
  return defineKernel({
    name: `linearWeightGradient-${linearName(shape)}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'dy', 'dw'],
    units: full + (rest > 0 ? 1 : 0),
    write(f, { x, dy, dw, from, to }) {
      const unit = (index: typeof from, width: number) => {
        const numbers = f.let(at(x, index, UNIT_INPUTS * FLOAT));
        const result = f.let(at(dw, index, UNIT_INPUTS * pitch));
        const incoming = f.let(dy);
        f.emit(memory.clear(result, width * pitch));
        for (const [bands, height] of cutRow(rows, BAND_ROWS)) {
          f.times(bands, () => {
            writeOuterProduct(
              f,
              variant,
              {
                inputs: width,
                outputs,
                rows: 1,
                columns: height,
                pixel: { x: inputs * FLOAT, dy: pitch },
                row: { x: 0, dy: 0 },
                pitch,
              },
              { x: numbers, dy: incoming, dw: result },
            );
            f.advance(numbers, height * inputs * FLOAT);
            f.advance(incoming, height * pitch);
          });
        }
      };
      if (full > 0) f.each(from, i32.min(to, i32.const(full)), 1, (index) => unit(index, UNIT_INPUTS));
      if (rest > 0) f.if(i32.eq(to, full + 1), () => unit(f.let(i32.const(full)), rest));
    },
  });
}

/** `(dy, sums)`: the sum over rows of each column, in order: the gradient of a bias. A unit is 16 columns. */
export function columnSums(rows: number, columns: number): Kernel<'dy' | 'sums'> {
  return defineKernel({
    name: `columnSums-${rows}x${columns}`,
    buffers: ['dy', 'sums'],
    units: groupsOf(columns).count,
    write(f, { dy, sums, from, to }) {
      const row = f.local('i32');
      eachGroup(f, columns, [from, to], ({ vectors, lanes }, index) => {
        const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
        const totals = Array.from({ length: vectors }, () => f.let(f32x4.const(0)));
        f.set(row, at(dy, index, GROUP * FLOAT));
        f.times(rows, () => {
          totals.forEach((total, j) => f.set(total, f32x4.add(total, loadLanes(row, lanesOf(j), j * VECTOR))));
          f.advance(row, columns * FLOAT);
        });
        const target = f.let(at(sums, index, GROUP * FLOAT));
        totals.forEach((total, j) => {
          for (const store of storeLanes(target, total, lanesOf(j), j * VECTOR)) f.emit(store);
        });
      });
    },
  });
}
