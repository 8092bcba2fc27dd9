import { expect, it } from 'vitest';
import { imageFile } from '../../../src/domain/imageIndex';
import { presetConfig } from '../../../src/domain/presets';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import { type Project, readProject, writeProject } from '../../../src/engine/run/project/projectFile';
import { UnusableFile } from '../../../src/formats/unusableFile';

const PROJECT: Project = {
  name: 'Übung',
  created: 1_700_000_000_000,
  step: 120,
  config: { ...presetConfig('tiny', 'folder'), seed: 7 },
  changes: [
    [40, 'stopGradient', false],
    [200, 'baseLearningRate', 0.1],
  ],
  dataset: {
    name: 'cats',
    count: 30,
    sample: null,
    fingerprint: 'f',
    corrections: [{ position: 2, role: 'out' }],
  },
  classes: ['a', 'b'],
  hasImages: true,
  engine: { engine: 'wasm', description: 'a processor', features: ['simd'], threads: 4 },
  evaluation: {
    step: 120,
    accuracy: 0.5,
    standardError: Number.NaN,
    trainImages: 20,
    testImages: 4,
    lambda: 0.01,
    converged: true,
    classNames: ['a', 'b'],
    confusion: [
      [1, 1],
      [1, 1],
    ],
  },
};

const changed = (change: object) => JSON.stringify({ ...JSON.parse(writeProject(PROJECT)), ...change });

it('a project is the same after it was written and read', () => {
  expect(readProject(writeProject(PROJECT))).toEqual(PROJECT);
  const bare: Project = { ...PROJECT, name: null, changes: [], classes: null, hasImages: false, evaluation: null };
  expect(readProject(writeProject(bare))).toEqual(bare);
});

it('settings that a project lacks are those of its version', () => {
  const { backbone: _, ...config } = PROJECT.config;
  expect(readProject(changed({ config }))).toEqual(PROJECT);
});

it.each([
  ['is damaged: its project.json is not readable', '{'],
  ['is no project of SimSiam Lab', '[1]'],
  ['is no project of SimSiam Lab', changed({ format: 'another' })],
  ['is of a later version of SimSiam Lab (2; this one reads 1): update to open it', changed({ version: 2 })],
  [
    `is of a later version of SimSiam Lab (${CURRENT_VERSION + 1}; this one reads ${CURRENT_VERSION})`,
    changed({ defaults: CURRENT_VERSION + 1 }),
  ],
  ['is damaged: the settings', changed({ config: { ...PROJECT.config, batchSize: -1 } })],
  ['is damaged: the settings', changed({ changes: [[1, 'backbone', 'tiny']] })],
  ['is damaged: the settings', changed({ dataset: { name: 'cats' } })],
  ['is damaged: the settings', changed({ step: -1 })],
])('%s', (message, text) => {
  expect(() => readProject(text)).toThrow(UnusableFile);
  expect(() => readProject(text)).toThrow(message);
});

it('images are named in the order of their places', () => {
  const names = [0, 12, 999_999, 1_000_000].map(imageFile);
  expect(names).toEqual(['000000.png', '000012.png', '999999.png', '1000000.png']);
});
