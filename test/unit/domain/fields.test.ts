import { describe, expect, it } from 'vitest';
import { flattenConfig, setConfigValue } from '../../../src/domain/configPath';
import { differingPaths, FIELDS, fieldOf, paperValue, valueLabel } from '../../../src/domain/fields';
import { presetConfig } from '../../../src/domain/presets';
import { LIVE_KEYS } from '../../../src/domain/runConfig';

const config = presetConfig('small');

describe('FIELDS', () => {
  it('has one field for every setting, and no other', () => {
    expect(FIELDS.map((field) => field.path).sort()).toEqual([...flattenConfig(config).keys()].sort());
  });

  it('offers exactly what the schema takes', () => {
    for (const { path, control } of FIELDS) {
      const takes = (value: unknown) =>
        expect(() => setConfigValue(config, path, value), `${path} = ${value}`).not.toThrow();
      const refuses = (value: unknown) =>
        expect(() => setConfigValue(config, path, value), `${path} = ${value}`).toThrow(path);
      switch (control.kind) {
        case 'switch':
          takes(true);
          takes(false);
          refuses('yes');
          break;
        case 'number':
          takes(control.min);
          takes(control.max);
          refuses(control.min - 1);
          refuses(control.max + 1);
          if (control.integer) refuses(control.min + 0.5);
          break;
        case 'choice':
          for (const { value } of control.options) takes(value);
          refuses('no such option');
          break;
        default:
          control satisfies never;
      }
    }
  });

  it('says what every setting is, in a sentence', () => {
    for (const { label, help } of FIELDS) {
      expect(label.length).toBeGreaterThan(2);
      expect(help).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('marks the settings that may change during a run, and no help text repeats that', () => {
    expect(
      FIELDS.filter(({ live }) => live)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...LIVE_KEYS].sort());
    for (const { help } of FIELDS) expect(help).not.toMatch(/in flight|be changed/);
  });

  it('gives the paper’s values', () => {
    expect(paperValue(fieldOf('baseLearningRate'), 'simsiam')).toBe('0.03');
    expect(paperValue(fieldOf('batchSize'), 'simsiam')).toBe('512');
    expect(paperValue(fieldOf('stopGradient'), 'simsiam')).toBe('on');
    expect(paperValue(fieldOf('outputDim'), 'simsiam')).toBe('2048');
    expect(paperValue(fieldOf('seed'), 'simsiam')).toBeNull();
    expect(paperValue(fieldOf('tauBase'), 'byol')).toBe('0.996');
    expect(paperValue(fieldOf('stopGradient'), 'simclr')).toBe('off');
    // The paper's rate is SimSiam's.
    expect(paperValue(fieldOf('baseLearningRate'), 'byol')).toBeNull();
    expect(() => fieldOf('nothing')).toThrow('nothing');
  });

  it('names values and differences', () => {
    expect(valueLabel(fieldOf('predictor'), 'fixed')).toBe('fixed at random');
    expect(differingPaths(config, { ...config, seed: 2, knn: { ...config.knn, k: 5 } })).toEqual(['seed', 'knn.k']);
  });
});
