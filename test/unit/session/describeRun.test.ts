import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { decodeShareLink } from '../../../src/domain/shareLink';
import { differencesOf, linkOfRun, lossKind, runName } from '../../../src/session/archive/describeRun';
import { keptRun } from '../../setup/runRecord';

const tiny = presetConfig('tiny');
const plainRun = keptRun({ changes: [] });

describe('a run’s name', () => {
  it('names the differences from the preset', () => {
    const nameOf = (config: Partial<typeof tiny>) => runName({ ...plainRun, config: { ...tiny, ...config } });
    expect(nameOf({})).toBe('SimSiam · tiny');
    expect(nameOf({ stopGradient: false })).toBe('SimSiam · stop-gradient off');
    expect(nameOf({ similarity: 'crossEntropy', seed: 7 })).toBe('SimSiam · seed 7 · similarity: cross-entropy');
    expect(nameOf({ headBatchNorm: 'none' })).toBe('SimSiam · BN in the heads: none');
    expect(nameOf({ seed: 7, batchSize: 8, momentum: 0.5, weightDecay: 0.1 })).toBe(
      'SimSiam · seed 7 · batch size 8 · 2 more',
    );
  });

  it('does not mention how it was measured', () => {
    const config = { ...tiny, engine: 'webgl' as const, knn: { ...tiny.knn, every: 7 } };
    expect(runName({ ...plainRun, config })).toBe('SimSiam · tiny');
  });

  it('is the one it was given', () => {
    expect(runName({ ...plainRun, name: 'mine' })).toBe('mine');
  });
});

describe('what differs', () => {
  it('is the difference from the preset’s values on that data set, then changes in flight, then settings of measuring', () => {
    const config = presetConfig('tiny', 'emoji-3d');
    const changed = {
      ...config,
      knn: { ...config.knn, k: 5 },
      weightDecay: 0.01,
      augment: { ...config.augment, flip: { enabled: true, probability: 0.1 } },
    };
    expect(differencesOf({ config, changes: [] })).toEqual([]);
    const differences = differencesOf({
      config: changed,
      changes: [
        [5, 'stopGradient', false],
        [9, 'stopGradient', true],
        [1000, 'totalSteps', 1500],
      ],
    });
    expect(differences.map(({ text }) => text)).toEqual([
      'Weight decay 0.01',
      'Horizontal flip: probability 0.1',
      'stop-gradient off at step 5',
      'stop-gradient on at step 9',
      '1,500 steps at step 1,000',
      'kNN k 5',
    ]);
    expect(new Set(differences.map(({ key }) => key)).size).toBe(differences.length);
  });
});

describe('the link of a kept run', () => {
  it('reproduces it', () => {
    const { run, notices } = decodeShareLink(linkOfRun(keptRun()));
    expect(notices).toEqual([]);
    expect(run).toEqual({ config: keptRun().config, changes: keptRun().changes, folder: null });
  });

  it('asks for the version of the sample that it was made on', () => {
    for (const sample of [1, 2] as const) {
      const config = { ...presetConfig('tiny', 'emoji-3d'), sample };
      expect(decodeShareLink(linkOfRun(keptRun({ config })))).toMatchObject({
        run: { config: { sample } },
        notices: [],
      });
    }
  });

  it('asks for its folder', () => {
    const dataset = { name: 'cats', count: 300, sample: null, fingerprint: 'f00' };
    const config = presetConfig('tiny', 'folder');
    expect(decodeShareLink(linkOfRun(keptRun({ config, dataset }))).run.folder).toEqual({
      name: 'cats',
      count: 300,
      fingerprint: 'f00',
    });
  });
});

it('distinguishes kinds of loss whose values are not comparable', () => {
  expect(lossKind(tiny)).toBe(lossKind({ ...tiny, stopGradient: false, symmetrization: 'asymmetric' }));
  expect(lossKind({ ...tiny, similarity: 'crossEntropy' })).not.toBe(lossKind(tiny));
});
