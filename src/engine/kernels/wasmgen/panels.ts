import { type FunctionBuilder, f32, i32, type Local, type Statement, type Value, v128 } from './assembler';
import { defineKernel, type Kernel } from './kernel';
import { at, eachGroup, FLOAT, GROUP, type Group, groupsOf, LANES, loadLanes, VECTOR } from './lanes';

/** The weights to pack: consecutive matrices [rows, columns], taken in a given order. */
export interface PackedMatrices {
  readonly rows: number;
  readonly columns: number;
  /** Which matrices, in the order in which the inputs use them. */
  readonly taps: readonly number[];
  /** Outputs are the rows instead of the columns, and inputs the columns. */
  readonly transposed: boolean;
}

export const packedInputs = ({ rows, columns, transposed }: PackedMatrices): number => (transposed ? columns : rows);
export const packedOutputs = ({ rows, columns, transposed }: PackedMatrices): number => (transposed ? rows : columns);

/** Writes the part of a panel that comes from one matrix: `inputs` times up to 16 outputs, zeros where there are fewer. Returns behind it. */
export function writePanelPart(
  f: FunctionBuilder,
  { rows, columns, transposed }: PackedMatrices,
  group: Group,
  index: Value<'i32'>,
  matrix: Local<'i32'>,
  target: Local<'i32'>,
): void {
  const outputs = (group.vectors - 1) * LANES + group.lanes;
  const source = f.let(at(matrix, index, GROUP * (transposed ? columns : 1) * FLOAT));
  f.times(transposed ? columns : rows, () => {
    const stores: Statement[] = [];
    if (transposed) {
      for (let output = 0; output < group.vectors * LANES; output++) {
        const weight = output < outputs ? f32.load(source, output * columns * FLOAT) : f32.const(0);
        stores.push(f32.store(target, weight, output * FLOAT));
      }
    } else {
      for (let j = 0; j < group.vectors; j++) {
        const lanes = j === group.vectors - 1 ? group.lanes : LANES;
        stores.push(v128.store(target, loadLanes(source, lanes, j * VECTOR), j * VECTOR));
      }
    }
    for (const store of stores) f.emit(store);
    f.advance(source, (transposed ? 1 : columns) * FLOAT);
    f.advance(target, group.vectors * VECTOR);
  });
}

/** Floats of all panels for `outputs`, each over `inputs`. */
export function panelsFloats(inputs: number, outputs: number): number {
  const { full, rest } = groupsOf(outputs);
  return inputs * (full * GROUP + (rest === null ? 0 : rest.vectors * LANES));
}

/** Bytes of the panels. */
export const packedBytes = (matrices: PackedMatrices): number =>
  panelsFloats(packedInputs(matrices) * matrices.taps.length, packedOutputs(matrices)) * FLOAT;

/**
 * `(weights, panels)`: the weights as `writeImageProduct` and `writeRowsProduct` read them, one panel behind the other, where `panels` has
 * `packedBytes`. Several sets of taps of the same matrices can be packed at once, one behind the other. A unit is a panel of each.
 */
export function packPanels(sets: readonly PackedMatrices[]): Kernel<'weights' | 'panels'> {
  const [first] = sets;
  if (first === undefined) throw new Error('packPanels: nothing to pack');
  const outputs = packedOutputs(first);
  const name = `pack-${first.rows}x${first.columns}${first.transposed ? 't' : ''}-${sets.map(({ taps }) => taps.join('.')).join('_')}`;
  return defineKernel({
    name,
    buffers: ['weights', 'panels'],
    units: groupsOf(outputs).count,
    write(f, { weights, panels, from, to }) {
      const { matrix, target } = f.locals('i32', 'matrix', 'target');
      let start = 0;
      for (const set of sets) {
        const inputs = packedInputs(set) * set.taps.length;
        if (inputs > 0) {
          eachGroup(f, outputs, [from, to], (group, index) => {
            f.set(target, i32.add(at(panels, index, inputs * GROUP * FLOAT), start));
            for (const tap of set.taps) {
              f.set(matrix, i32.add(weights, tap * set.rows * set.columns * FLOAT));
              writePanelPart(f, set, group, index, matrix, target);
            }
          });
        }
        start += packedBytes(set);
      }
    },
  });
}
