import { expect, it } from 'vitest';
import { type Loss, type Recovery, recoveryFrom } from '../../../src/worker/recoveryPolicy';

const lost = (seconds: number, change: Partial<Loss> = {}): Loss => ({
  cause: 'device-lost',
  engine: 'webgpu',
  at: 1000 * seconds,
  step: 100 + seconds,
  ...change,
});
const full = (seconds: number, step: number, engine: Loss['engine'] = 'webgpu') =>
  lost(seconds, { cause: 'out-of-memory', step, engine });

it.each<[what: string, losses: readonly Loss[], recovery: Recovery]>([
  ['once', [lost(0)], 'same engine'],
  ['twice within a minute', [lost(0), lost(50)], 'same engine'],
  ['three times within a minute', [lost(0), lost(20), lost(59)], 'other engine'],
  ['three times in a little more', [lost(0), lost(20), lost(60)], 'same engine'],
  ['often, half a minute apart', [lost(0), lost(30), lost(60), lost(90), lost(120)], 'same engine'],
  ['three times, for different reasons', [lost(0), full(20, 7), lost(30, { cause: 'gpu-error' })], 'other engine'],
  ['WebGL three times', [0, 1, 2].map((at) => lost(at, { engine: 'webgl' })), 'other engine'],
  ['twice, and then WASM', [lost(0), lost(1), full(2, 9, 'wasm')], 'same engine'],
  ['memory ran out twice at different steps', [full(0, 200), full(300, 176)], 'same engine'],
  ['memory ran out again at the same step', [full(0, 200), full(300, 200)], 'other engine'],
  ['memory ran out again a step later', [full(0, 200), full(300, 201)], 'other engine'],
  ['memory ran out again, the device being lost between', [full(0, 200), lost(60), full(300, 200)], 'same engine'],
  ['WASM ran out of memory twice at the same step', [full(0, 5, 'wasm'), full(300, 5, 'wasm')], 'give up'],
  ['WASM ran out of memory three times', [1, 20, 39].map((at) => full(at, at, 'wasm')), 'give up'],
])('a run whose engine was lost %s goes on with the right one', (_, losses, recovery) => {
  expect(recoveryFrom(losses)).toBe(recovery);
});
