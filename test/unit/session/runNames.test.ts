import { describe, expect, it } from 'vitest';
import { namesAmong } from '../../../src/session/archive/describeRun';
import type { RunRecord } from '../../../src/storage/runRecord';
import { keptRun } from '../../setup/runRecord';

const { config } = keptRun();
const run = (id: string, changed: Partial<RunRecord> = {}) => keptRun({ id, changes: [], ...changed });
const namesOf = (runs: readonly RunRecord[]) => [...namesAmong(runs).values()];

describe('names of runs that are listed together', () => {
  it('say what differs from most of them', () => {
    const runs = [
      run('a'),
      run('b'),
      run('c', { config: { ...config, stopGradient: false } }),
      run('d', { changes: [[61, 'stopGradient', false]] }),
      run('e', { config: { ...config, method: 'byol' } }),
      run('f', { config: { ...config, method: 'swav' } }),
      run('g'),
    ];
    expect(namesOf(runs)).toEqual([
      'SimSiam · seed 1',
      'SimSiam · seed 1',
      'stop-gradient off',
      'stop-gradient off at step 61',
      'BYOL',
      'SwAV',
      'SimSiam · seed 1',
    ]);
  });

  it('tell seeds apart', () => {
    const runs = [1, 2, 3].map((seed) => run(String(seed), { config: { ...config, seed } }));
    expect(namesOf(runs)).toEqual(['SimSiam · seed 1', 'seed 2', 'seed 3']);
  });

  it('of a run alone say what differs from its preset', () => {
    expect(namesOf([run('a', { config: { ...config, stopGradient: false } })])).toEqual([
      'SimSiam · stop-gradient off',
    ]);
  });

  it('keep a given name, and count what is too long', () => {
    const many = { ...config, stopGradient: false, batchSize: 128, outputDim: 3, baseLearningRate: 1 };
    const [given, long] = namesOf([run('a', { name: 'mine' }), run('b', { config: many }), run('c'), run('d')]);
    expect(given).toBe('mine');
    expect(long).toMatch(/ · 2 more$/);
  });
});
