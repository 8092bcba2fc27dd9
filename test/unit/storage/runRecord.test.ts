import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import { storedConfig } from '../../../src/domain/versions/storedConfig';
import { parseCurves, parseRunRecord } from '../../../src/storage/runRecord';
import { curvesOfLength, keptRun } from '../../setup/runRecord';

/** A value as read from the database. */
const stored = (value: unknown) => structuredClone(value) as Record<string, unknown>;

describe('a kept run', () => {
  it('is read as it was written', () => {
    expect(parseRunRecord(stored(keptRun()))).toEqual(keptRun());
    const diverged = keptRun({
      state: 'diverged',
      diagnosis: { state: 'diverged', since: 9, loss: Number.NaN },
      final: { loss: Number.POSITIVE_INFINITY },
      engine: null,
      baselines: null,
    });
    expect(parseRunRecord(stored(diverged))).toEqual(diverged);
  });

  it.each([
    ['nothing', undefined],
    ['no object', 'a run'],
    ['a later version', { ...keptRun(), version: CURRENT_VERSION + 1 }],
    ['a version that is none', { ...keptRun(), version: 1.5 }],
    ['settings of no method', { ...keptRun(), config: { ...presetConfig('tiny'), method: 'moco' } }],
    ['no id', { ...keptRun(), id: undefined }],
    ['settings of no preset', { ...keptRun(), config: { ...presetConfig('tiny'), preset: 'huge' } }],
    ['a setting out of its range', { ...keptRun(), config: { ...presetConfig('tiny'), batchSize: -1 } }],
    ['a change of no setting', { ...keptRun(), changes: [[3, 'colour', 'red']] }],
    ['steps that are no number', { ...keptRun(), steps: 'many' }],
  ])('is not read from %s', (_, value) => {
    expect(parseRunRecord(value)).toBeNull();
  });

  it('of an earlier version has today’s name of a dimensional collapse', () => {
    const fallen = { since: 100, effectiveRank: 6, startRank: 30, outputStd: 0.1 };
    const old = {
      ...keptRun(),
      diagnosis: { state: 'dimensional-collapse', ...fallen },
      markers: [{ kind: 'diagnosis', step: 100, state: 'dimensional-collapse' }],
    };
    expect(parseRunRecord(stored(old))).toEqual(
      keptRun({
        diagnosis: { state: 'dimensional', ...fallen },
        markers: [{ kind: 'diagnosis', step: 100, state: 'dimensional' }],
      }),
    );
    const narrowing = keptRun({ diagnosis: { state: 'narrowing', since: 30, share: 0.4, outputStd: 0.05 } });
    expect(parseRunRecord(stored(narrowing))).toEqual(narrowing);
  });

  it('is read without damaged measurements', () => {
    const damaged = {
      ...keptRun(),
      name: 7,
      engine: 'fast',
      state: 'unheard of',
      diagnosis: { state: 'bored', since: 3 },
      baselines: {},
      markers: [{ kind: 'party', step: 1 }, ...keptRun().markers, { kind: 'change', step: 2, key: 'x', value: 1 }],
      final: { loss: -0.5, knn: 'good', charm: 3 },
      extra: true,
    };
    expect(parseRunRecord(damaged)).toEqual(
      keptRun({
        name: null,
        engine: null,
        state: 'stopped',
        diagnosis: null,
        baselines: null,
        final: { loss: -0.5 },
      }),
    );
  });
});

describe('corrections of folders', () => {
  const withCorrections = (corrections: unknown) => ({ ...keptRun(), dataset: { ...keptRun().dataset, corrections } });

  it('are part of the record', () => {
    const run = withCorrections([
      { position: 1, role: 'out' },
      { position: 4, role: 'class' },
    ]);
    expect(parseRunRecord(run)).toEqual(run);
  });

  it.each([[[{ position: 1, role: 'cat' }]], [[{ position: -1, role: 'out' }]], ['1:out']])(
    'that cannot be read make it unusable: %j',
    (corrections) => {
      expect(parseRunRecord(withCorrections(corrections))).toBeNull();
    },
  );
});

describe('a record of version 1', () => {
  it.each([1, 2])(
    'or %i is read as one of today’s version, on version 1 of its sample and with the earlier hold-out',
    (version) => {
      for (const dataset of ['fashion-mnist', 'emoji-3d', 'folder'] as const) {
        const { sample: _, holdOut: __, ...config } = presetConfig('tiny', dataset);
        expect(parseRunRecord({ ...keptRun(), version, config })).toEqual(
          keptRun({ config: { ...config, sample: 1, holdOut: 'images' } }),
        );
      }
    },
  );

  it('loses the version of its sample that stood beside its settings', () => {
    const dataset = { ...keptRun().dataset, sampleVersion: 1 };
    expect(parseRunRecord({ ...keptRun(), version: 1, dataset })?.dataset).toEqual(keptRun().dataset);
  });
});

describe('settings of another version', () => {
  it('have their preset’s values where they are missing, deep down too, and nothing that is not a setting', () => {
    const { weightDecay: _, ...rest } = presetConfig('paper', 'emoji-3d');
    const { hue: __, ...jitter } = rest.augment.jitter;
    const older = { ...rest, seed: 9, wings: 2, augment: { ...rest.augment, jitter: { ...jitter, contrast: 0.1 } } };
    expect(storedConfig(older, CURRENT_VERSION)).toEqual({
      ...presetConfig('paper', 'emoji-3d'),
      seed: 9,
      augment: { ...rest.augment, jitter: { ...rest.augment.jitter, contrast: 0.1 } },
    });
  });

  it('have the values of their own method where they are missing', () => {
    const { predictorHidden: _, projectorLayers: __, tauBase: ___, ...byol } = presetConfig('paper', 'folder', 'byol');
    expect(storedConfig(byol, CURRENT_VERSION)).toEqual(presetConfig('paper', 'folder', 'byol'));
    const { outputDim: ____, queueLength: _____, ...swav } = presetConfig('small', 'emoji-3d', 'swav');
    expect(storedConfig(swav, CURRENT_VERSION)).toEqual(presetConfig('small', 'emoji-3d', 'swav'));
  });

  it('are none where they do not fit together', () => {
    const { augment, ...rest } = presetConfig('tiny');
    const crop = { ...augment.crop, scaleMin: 0.9, scaleMax: 0.2 };
    expect(storedConfig({ ...rest, augment: { ...augment, crop } }, 1)).toBeNull();
    expect(storedConfig({ ...rest, augment: 3 }, 1)).toBeNull();
    expect(storedConfig([], 1)).toBeNull();
  });
});

describe('kept curves', () => {
  it('are read as they were written', () => {
    expect(parseCurves(stored(curvesOfLength(300)))).toEqual(curvesOfLength(300));
  });

  it('are read without the damaged ones', () => {
    const { loss, knn } = curvesOfLength(5);
    expect(parseCurves(undefined)).toEqual({});
    expect(
      parseCurves({
        loss,
        knn: { ...knn, values: Float64Array.of(1) },
        outputStd: { steps: [1, 2], values: [3, 4] },
        effectiveRank: { steps: Float64Array.of(1), values: Float64Array.of(Number.NaN) },
        charm: loss,
      }),
    ).toEqual({ loss });
  });
});
