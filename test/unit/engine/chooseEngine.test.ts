import { describe, expect, it } from 'vitest';
import { type Choice, chooseEngine, type Started, type Turn } from '../../../src/engine/backend/chooseEngine';

const HARDWARE: Started = { gpu: 'hardware', wasm: true };
const SOFTWARE: Started = { gpu: 'software', wasm: true };

const turn = (gpu: number, wasm: number): Turn => ({ gpu, wasm });

const CASES: readonly [what: string, Started, readonly Turn[], Choice][] = [
  ['nothing has started', { gpu: null, wasm: false }, [], 'none'],
  ['only WASM has started', { gpu: null, wasm: true }, [], 'wasm'],
  ['only a GPU has started', { gpu: 'hardware', wasm: false }, [], 'gpu'],
  ['only a software adapter has started', { gpu: 'software', wasm: false }, [], 'gpu'],
  ['a GPU, unmeasured', HARDWARE, [], 'gpu'],
  ['a GPU that was measured to be slower, e.g. on a busy machine', HARDWARE, [turn(1, 9), turn(1, 9)], 'gpu'],
  ['a software adapter, unmeasured', SOFTWARE, [], 'measure'],
  ['a software adapter, slower', SOFTWARE, [turn(3, 9)], 'wasm'],
  ['a software adapter, faster, but not by the factor', SOFTWARE, [turn(14.9, 10)], 'wasm'],
  ['a software adapter, faster by the factor once', SOFTWARE, [turn(15, 10)], 'measure'],
  ['a software adapter, faster in the first turn only', SOFTWARE, [turn(40, 10), turn(14, 10)], 'wasm'],
  ['a software adapter, faster in the second turn only', SOFTWARE, [turn(14, 10), turn(40, 10)], 'wasm'],
  ['a software adapter, faster by the factor twice', SOFTWARE, [turn(15, 10), turn(15, 10)], 'gpu'],
  ['a software adapter whose rate is not a number', SOFTWARE, [turn(Number.NaN, 10)], 'wasm'],
];

describe('the choice of the engine', () => {
  it.each(CASES)('%s', (_, started, turns, choice) => {
    expect(chooseEngine(started, turns)).toBe(choice);
  });
});
