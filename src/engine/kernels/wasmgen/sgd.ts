import { f32x4 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel, type Variant } from './kernel';
import { FLOAT, loadLanes, multiplyAdd, storeLanes } from './lanes';
import { eachPiece, type PieceTable, piecesOf } from './pieces';

/** One parameter to update; byte offsets. */
export interface SgdParameter {
  readonly weight: number;
  readonly velocity: number;
  readonly gradient: number;
  readonly count: number;
  /** Offset of its learning rate. */
  readonly rate: number;
}

const ARRAYS = ['weight', 'velocity', 'gradient'] as const;

/** The table of `sgdMomentum`. */
export const sgdTable = (parameters: readonly SgdParameter[]): PieceTable => piecesOf(parameters, ARRAYS, ['rate']);

/**
 * `(table, settings)`: v = momentum v + (gradient + weightDecay w); w = w - rate v, in place, for the pieces of `sgdTable`; `settings`
 * holds momentum and weightDecay. A unit is a piece. Without fused multiply-adds, the bits are those of the same formula in float32.
 */
export function sgdMomentum(pieces: number, variant: Variant): Kernel<'table' | 'settings'> {
  return defineKernel({
    name: `sgdMomentum-${pieces}${variant.fma ? '-fma' : ''}`,
    buffers: ['table', 'settings'],
    units: pieces,
    write(f, { table, settings, from, to }) {
      const momentum = f.let(f32x4.loadSplat(settings));
      const weightDecay = f.let(f32x4.loadSplat(settings, FLOAT));
      const { w, v, g } = f.locals('i32', 'w', 'v', 'g');
      const { weight, velocity, back } = f.locals('v128', 'weight', 'velocity', 'back');
      eachPiece(f, table, ARRAYS.length + 1, [from, to], (offset, count) => {
        [w, v, g].forEach((pointer, column) => f.set(pointer, offset(column)));
        f.set(back, f32x4.neg(f32x4.loadSplat(offset(ARRAYS.length))));
        eachVector(f, count, [w, v, g], (lanes) => {
          f.set(weight, loadLanes(w, lanes));
          const pull = multiplyAdd(variant, weightDecay, weight, loadLanes(g, lanes));
          f.set(velocity, multiplyAdd(variant, momentum, loadLanes(v, lanes), pull));
          for (const store of storeLanes(v, velocity, lanes)) f.emit(store);
          for (const store of storeLanes(w, f.let(multiplyAdd(variant, back, velocity, weight)), lanes)) f.emit(store);
        });
      });
    },
  });
}
