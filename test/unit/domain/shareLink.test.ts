import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLeaf, setConfigValue } from '../../../src/domain/configPath';
import { presetConfig } from '../../../src/domain/presets';
import { configProblems, type RunConfig, runConfigSchema } from '../../../src/domain/runConfig';
import { DATASET_CHOICES, PRESET_NAMES } from '../../../src/domain/settings/names';
import { decodeShareLink, encodeShareLink, type SharedRun } from '../../../src/domain/shareLink';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import { DEFAULTS as VERSION_1 } from '../../../src/domain/versions/v1';

const decode = (hash: string) => decodeShareLink(hash);
const VERSION = `v=${CURRENT_VERSION}`;

describe('presets', () => {
  it.each(PRESET_NAMES)('%s is a sound config on every data set', (preset) => {
    for (const dataset of ['fashion-mnist', 'emoji-3d', 'folder'] as const) {
      const config = presetConfig(preset, dataset);
      expect(runConfigSchema.parse(config)).toEqual(config);
      expect(configProblems(config)).toEqual([]);
      expect(config).toMatchObject({ preset, dataset });
    }
  });
});

describe('share link', () => {
  it('holds a whole run and restores it', () => {
    let config = presetConfig('tiny', 'emoji-3d');
    config = setConfigValue(config, 'augment.crop.scaleMin', 0.35);
    config = setConfigValue(config, 'stopGradient', false);
    config = setConfigValue(config, 'seed', 123_456);
    config = setConfigValue(config, 'engine', 'webgl');
    const run: SharedRun = {
      config,
      changes: [
        [12, 'stopGradient', true],
        [30, 'predictor', 'none'],
        [44, 'baseLearningRate', 0.05],
      ],
      folder: { name: 'My photos & more', count: 812, fingerprint: '9f3a' },
    };
    expect(decode(`#${encodeShareLink(run)}`)).toEqual({ run, notices: [] });
  });

  it('holds only what differs from the preset', () => {
    const run = { config: presetConfig('small'), changes: [], folder: null };
    expect(encodeShareLink(run)).toBe(`${VERSION}&preset=small&dataset=fashion-mnist&sample=1`);
  });

  it('names the version of a sample, and no version of a person’s own images', () => {
    for (const sample of [1, 2] as const) {
      const onSample = { config: { ...presetConfig('tiny', 'emoji-3d'), sample }, changes: [], folder: null };
      expect(encodeShareLink(onSample)).toBe(`${VERSION}&preset=tiny&dataset=emoji-3d&sample=${sample}`);
      expect(decode(encodeShareLink(onSample))).toEqual({ run: onSample, notices: [] });
    }
    const own = { config: presetConfig('tiny', 'folder'), changes: [], folder: null };
    expect(encodeShareLink(own)).toBe(`${VERSION}&preset=tiny&dataset=folder`);
  });

  it('says when the page does not have the version of the sample that it was made with', () => {
    const config = presetConfig('tiny', 'emoji-3d');
    expect(config.sample).toBe(2);
    for (const [named, sample] of [
      ['', 2],
      ['&sample=1', 1],
      ['&sample=2', 2],
    ] as const) {
      expect(decode(`${VERSION}&preset=tiny&dataset=emoji-3d${named}`)).toEqual({
        run: { config: { ...config, sample }, changes: [], folder: null },
        notices: [],
      });
    }
    const { run, notices } = decode(`${VERSION}&preset=tiny&dataset=emoji-3d&sample=7`);
    expect(run.config).toEqual(config);
    expect(notices).toEqual([expect.stringMatching(/version 7 of the sample Emoji 3D.*using version 2/)]);
    expect(decode(`${VERSION}&dataset=fashion-mnist&sample=2`)).toMatchObject({
      run: { config: { sample: 1 } },
      notices: [expect.stringMatching(/version 2 of the sample Fashion-MNIST.*using version 1/)],
    });
  });

  it('names corrected folders by their places', () => {
    const corrections = [
      { position: 3, role: 'test' },
      { position: 5, role: 'out' },
    ] as const;
    const folder = { name: 'patients', count: 812, fingerprint: '9f3a', corrections };
    const run: SharedRun = { config: presetConfig('tiny', 'folder'), changes: [], folder };
    const link = encodeShareLink(run);
    expect(new URLSearchParams(link).get('folders')).toBe('3:test,5:out');
    expect(decode(link)).toEqual({ run, notices: [] });
  });

  it('reads folders as today where it names no folder, and as its version did where it names one', () => {
    const rule = (hash: string) => decode(hash).run.config.labelRule;
    const folder = `&folder=${encodeURIComponent('["cats",300,"f00"]')}`;
    for (const version of [1, 2, 3]) {
      expect(rule(`v=${version}&preset=tiny&dataset=folder`)).toBe('found');
      expect(rule(`v=${version}&preset=tiny&dataset=folder${folder}`)).toBe('first');
      expect(rule(`v=${version}&preset=tiny&dataset=folder&labelRule=first`)).toBe('first');
    }
    expect(rule(`${VERSION}&preset=tiny&dataset=folder${folder}`)).toBe('found');
    expect(rule(encodeShareLink(decode(`v=1&dataset=folder${folder}`).run))).toBe('first');
  });

  it('no hash: the defaults, without a notice', () => {
    const { run, notices } = decode('');
    expect(run).toEqual({ config: presetConfig('small'), changes: [], folder: null });
    expect(notices).toEqual([]);
  });

  it.each([
    ['an unknown setting', '#v=1&batchsize=64', 'batchsize'],
    ['a value out of range', '#v=1&batchSize=3', 'batchSize'],
    ['a value of the wrong kind', '#v=1&stopGradient=maybe', 'stopGradient'],
    ['an unknown preset', '#v=1&preset=huge', 'huge'],
    ['an unknown data set', '#v=1&dataset=cats', 'cats'],
    ['broken changes', '#v=1&changes=%5B%5B1', 'changes'],
    ['a change of a setting that cannot change in flight', '#v=1&changes=[[1,"seed",3]]', 'changes'],
    ['a broken folder', '#v=1&folder=7', 'folder'],
    ['corrections in the wrong order', '#v=4&dataset=folder&folder=["a",1,"f"]&folders=5:out,3:test', 'folders'],
    ['corrections to no role', '#v=4&dataset=folder&folder=["a",1,"f"]&folders=3:cat', 'folders'],
    ['corrections by names', '#v=4&dataset=folder&folder=["a",1,"f"]&folders=cat:out', 'folders'],
    ['corrections of no folder', '#v=4&dataset=folder&folders=3:test', 'corrections'],
    ['a group instead of a setting', '#v=1&augment=1', 'augment'],
    ['another version', '#v=99&seed=5', '99'],
    ['settings that do not fit together', '#v=1&augment.crop.scaleMin=0.9&augment.crop.scaleMax=0.5', 'scaleMin'],
    ['nonsense', '#%E0%A4%A&&&===', ''],
    ['a key of every object', '#v=1&__proto__=1&constructor.name=x&toString=1', 'toString'],
  ])('%s: the default and a notice', (_, hash, named) => {
    const { run, notices } = decode(hash);
    expect(runConfigSchema.safeParse(run.config).success).toBe(true);
    expect(notices.length).toBeGreaterThan(0);
    expect(notices.join(' ')).toContain(named);
  });

  it('keeps the readable settings of a link with unreadable ones', () => {
    const { run, notices } = decode(`#${VERSION}&preset=tiny&seed=5&nonsense=1`);
    expect(run.config).toEqual({ ...presetConfig('tiny'), seed: 5 });
    expect(notices).toHaveLength(1);
  });
});

describe('links of version 1', () => {
  const links: { link: string; config: RunConfig; changes: unknown; folder: unknown }[] = JSON.parse(
    readFileSync(new URL('../../fixtures/linksOfVersion1.json', import.meta.url), 'utf8'),
  );

  it.each(links)('are read as they were when they were made: $link', ({ link, config, changes, folder }) => {
    expect(link).toMatch(/^v=1&/);
    const { run, notices } = decode(link);
    // The fixture does not contain settings that were added later.
    expect(run).toMatchObject({ config, changes, folder });
    expect(notices).toEqual([]);
    const again = encodeShareLink(run);
    expect(again.startsWith(`${VERSION}&`)).toBe(true);
    expect(decode(again)).toEqual({ run, notices: [] });
  });

  it('cover every preset, data set and method that it had', () => {
    const seen = new Set(links.flatMap(({ config: { preset, dataset, method } }) => [preset, dataset, method]));
    expect(seen).toEqual(new Set<string>([...VERSION_1.presets, ...VERSION_1.datasets, ...VERSION_1.methods]));
  });
});

describe.each([1, 2])('a link of version %i', (version) => {
  it('loads version 1 of its sample and holds out images one by one', () => {
    for (const [dataset, named] of [
      ['emoji-3d', ''],
      ['emoji-3d', '&sample=1'],
      ['folder', ''],
    ]) {
      const { run, notices } = decode(`v=${version}&preset=tiny&dataset=${dataset}${named}`);
      expect(run.config).toMatchObject({ sample: 1, holdOut: 'images' });
      expect(notices).toEqual([]);
      const again = decode(encodeShareLink(run));
      expect(again.run.config).toMatchObject({ sample: 1, holdOut: 'images' });
    }
  });
});

describe.each([1, 2, 3])('a link of version %i', (version) => {
  it('keeps images as centre squares at the image size', () => {
    for (const dataset of DATASET_CHOICES) {
      const { run, notices } = decode(`v=${version}&preset=small&dataset=${dataset}&imageSize=64`);
      expect(run.config).toMatchObject({ sourceSize: 'square', imageSize: 64 });
      expect(notices).toEqual([]);
      expect(decode(encodeShareLink(run)).run.config).toMatchObject({ sourceSize: 'square', imageSize: 64 });
    }
  });
});

describe('settings by path', () => {
  it('names the path of a refused setting', () => {
    expect(() => setConfigValue(presetConfig('tiny'), 'augment.crop.nothing', 1)).toThrow(/augment\.crop\.nothing/);
    expect(() => setConfigValue(presetConfig('tiny'), 'batchSize', 'many')).toThrow(/batchSize/);
  });

  it.each([
    ['true', true],
    ['1e-4', 1e-4],
    ['0', 0],
    ['webgpu', 'webgpu'],
    ['', ''],
  ])('reads %j', (text, value) => {
    expect(parseLeaf(text)).toBe(value);
  });
});
