import { f32x4 } from './assembler';
import { eachVector } from './elementwise';
import { defineKernel, type Kernel, type Variant } from './kernel';
import { loadLanes, multiplyAdd, storeLanes } from './lanes';
import { eachPiece, type PieceTable, piecesOf } from './pieces';

/** A target and the values that it follows; byte offsets. */
export interface Follower {
  readonly target: number;
  readonly online: number;
  readonly count: number;
  /** Offset of tau, the share of the target that is kept. */
  readonly tau: number;
}

const ARRAYS = ['target', 'online'] as const;

/** The table of `movingAverage`. */
export const followerTable = (followers: readonly Follower[]): PieceTable => piecesOf(followers, ARRAYS, ['tau']);

/** `(table)`: target = tau target + (1 - tau) online, in place, for the pieces of `followerTable`. A unit is a piece. */
export function movingAverage(pieces: number, variant: Variant): Kernel<'table'> {
  return defineKernel({
    name: `movingAverage-${pieces}${variant.fma ? '-fma' : ''}`,
    buffers: ['table'],
    units: pieces,
    write(f, { table, from, to }) {
      const { target, online } = f.locals('i32', 'target', 'online');
      const { keep, share, moved } = f.locals('v128', 'keep', 'share', 'moved');
      eachPiece(f, table, ARRAYS.length + 1, [from, to], (offset, count) => {
        [target, online].forEach((pointer, column) => f.set(pointer, offset(column)));
        f.set(keep, f32x4.loadSplat(offset(ARRAYS.length)));
        f.set(share, f32x4.sub(f.splat(1), keep));
        eachVector(f, count, [target, online], (lanes) => {
          const followed = f32x4.mul(share, loadLanes(online, lanes));
          f.set(moved, multiplyAdd(variant, keep, loadLanes(target, lanes), followed));
          for (const store of storeLanes(target, moved, lanes)) f.emit(store);
        });
      });
    },
  });
}
