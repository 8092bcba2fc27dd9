import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/domain/backbones/layer';
import { BACKBONE_NAMES } from '../../../src/domain/backbones/registry';
import type { MethodName } from '../../../src/domain/methods/registry';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { createMethod } from '../../../src/engine/methods/registry';
import { buildLayers } from '../../../src/engine/network/buildLayers';
import { walkLayers } from '../../../src/engine/network/convolutions';
import { backboneOf } from '../../../src/engine/network/networkLayers';
import { Parameters } from '../../../src/engine/network/nn/parameters';
import { seededRandom } from '../../../src/engine/random';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(BACKBONE_NAMES)('backbone %s', (backbone) => {
  it.each([
    [32, 1],
    [32, 2],
    [48, 1],
    [48, 2],
    [64, 1],
    [64, 2],
    [96, 2],
    [128, 1],
    [128, 2],
    [224, 2],
  ] as const)('fits together at %i pixels and stem stride %i, and ends in its features', (imageSize, stemStride) => {
    const config: RunConfig = { ...presetConfig('small'), backbone, imageSize, stemStride };
    const { layers, featureDim } = backboneOf(config);
    expect(walkLayers(layers, [1, imageSize, imageSize, 3]).out).toEqual([1, 1, 1, featureDim]);
  });
});

it.each([
  ['resnet18', 32, 1],
  ['resnet34', 160, 5],
  ['resnet50', 192, 6],
  ['resnet50', 224, 7],
] as const)('%s with the ImageNet stem has 1/32 of %i pixels before the mean', (backbone, imageSize, side) => {
  const config: RunConfig = { ...presetConfig('small'), backbone, imageSize, stem: 'imagenet' };
  const { layers, featureDim } = backboneOf(config);
  expect(walkLayers(layers.slice(0, -1), [1, imageSize, imageSize, 3]).out).toEqual([1, side, side, featureDim]);
});

describe('layers that do not fit', () => {
  const conv: Layer = { kind: 'conv', name: 'c', in: 3, out: 4, kernel: 3, stride: 2, init: 'uniformFanIn' };
  it.each<readonly [string, Layer[], RegExp]>([
    ['a convolution', [{ ...conv, in: 4 }], /3 channels, but the kernel is made for 4/],
    [
      'a batch normalisation',
      [conv, { kind: 'batchNorm', name: 'b', channels: 3, affine: true, zeroInit: false, relu: false }],
      /b is for 3 channels, but its input has 4/,
    ],
    ['a shortcut', [{ kind: 'residual', body: [conv], shortcut: [], relu: false }], /adds \[1,8,8,3\] to \[1,4,4,4\]/],
  ])('are refused: %s', (_, layers, message) => {
    expect(() => walkLayers(layers, [1, 8, 8, 3])).toThrow(message);
  });
});

describe('a residual', () => {
  const conv: Layer = { kind: 'conv', name: 'c', in: 2, out: 2, kernel: 1, stride: 1, init: 'uniformFanIn' };
  const bn: Layer = { kind: 'batchNorm', name: 'b', channels: 2, affine: true, zeroInit: false, relu: false };
  const run = (layers: readonly Layer[]) =>
    tf.tidy(() => {
      const parameters = new Parameters();
      const { forward } = buildLayers<tf.Tensor4D, tf.Tensor4D>(parameters, layers, seededRandom(1));
      const x = tf.tensor4d([1, -2, 3, -4, 0.5, 6, -7, 8], [4, 1, 1, 2]);
      return { x: x.arraySync(), y: forward(x, 'measure').arraySync() };
    });
  const flat = (t: number[][][][]) => t.flat(3);

  it.each([
    ['ends in a convolution', [conv]],
    ['ends in a batch normalisation, which adds the shortcut itself', [conv, bn]],
  ] as const)('whose body %s is body + shortcut, then ReLU', (_, body) => {
    const { x, y } = run([{ kind: 'residual', body, shortcut: [], relu: true }]);
    const expected = flat(run(body).y).map((value, i) => Math.max(0, value + flat(x)[i]!));
    flat(y).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    expect(expected.some((value) => value > 0)).toBe(true);
  });
});

describe('what a method remembers from step to step', () => {
  it.each<readonly [MethodName, Partial<RunConfig>, readonly string[]]>([
    ['simsiam', {}, []],
    ['simsiam', { movingAverageTarget: true }, ['memory.eta']],
    ['simsiam', { momentumEncoder: true }, ['target.*']],
    ['byol', {}, ['target.*']],
    ['simclr', {}, []],
    ['barlowTwins', {}, []],
    ['swav', { queueLength: 0 }, []],
    ['swav', { queueLength: 64 }, ['queue.view1', 'queue.view2']],
  ])('%s %j: %j', (name, change, expected) => {
    const config = { ...presetConfig('tiny', 'folder', name), ...change };
    const { parameters } = createMethod(config, { count: 5 });
    const names = [...parameters.remembered.keys()].map((key) => (key.startsWith('target.') ? 'target.*' : key));
    expect([...new Set(names)]).toEqual(expected);
    // The state is the three groups, one after the other, and nothing else.
    const { trainable, moving, remembered } = parameters;
    expect(parameters.entries()).toEqual([...trainable, ...moving, ...remembered]);
    expect([...moving.keys()].every((key) => key.includes('.moving_'))).toBe(true);
    expect(parameters.entries().every(([key, variable]) => parameters.get(key) === variable)).toBe(true);
    parameters.dispose();
  });
});
