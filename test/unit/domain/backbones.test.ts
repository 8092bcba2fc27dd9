import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/domain/backbones/layer';
import { BACKBONE_NAMES, BACKBONE_OPTIONS, BACKBONES, isOptionOfOthers } from '../../../src/domain/backbones/registry';
import { presetConfig } from '../../../src/domain/presets';

const config = presetConfig('small');

/** Names of the layers with parameters, in the order in which they are created. */
function namesOf(layers: readonly Layer[]): string[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'residual') return [...namesOf(layer.body), ...namesOf(layer.shortcut)];
    return 'name' in layer ? [layer.name] : [];
  });
}

describe.each(BACKBONE_NAMES)('backbone %s', (name) => {
  const backbone = BACKBONES[name];

  it('says in words what its options are', () => {
    for (const [option, { schema, value, help }] of Object.entries(backbone.options)) {
      expect(schema.safeParse(value).success, option).toBe(true);
      expect(help, option).toMatch(/^[A-Z].*\.$/);
      expect(BACKBONE_OPTIONS[option as keyof typeof BACKBONE_OPTIONS]).toBe(
        backbone.options[option as keyof typeof backbone.options],
      );
    }
  });

  it('names each layer once, all under encoder.', () => {
    const names = namesOf(backbone.layers(32, config));
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((layer) => layer.startsWith('encoder.'))).toBe(true);
  });
});

describe('a ResNet of basic blocks', () => {
  it('has the names and the order that its weights are drawn in', () => {
    const names = namesOf(BACKBONES.tiny.layers(32, config));
    expect(names.slice(0, 6)).toEqual([
      'encoder.stem.conv',
      'encoder.stem.bn',
      'encoder.stage1.block0.conv1',
      'encoder.stage1.block0.bn1',
      'encoder.stage1.block0.conv2',
      'encoder.stage1.block0.bn2',
    ]);
    expect(names.slice(6, 12)).toEqual([
      'encoder.stage2.block0.conv1',
      'encoder.stage2.block0.bn1',
      'encoder.stage2.block0.conv2',
      'encoder.stage2.block0.bn2',
      'encoder.stage2.block0.shortcut.conv',
      'encoder.stage2.block0.shortcut.bn',
    ]);
  });

  it('takes stem stride, zero-init and the start of convolutions from its options', () => {
    const defaults = { stem: 'cifar', stemStride: 1, zeroInitResidual: true, convolutionInit: 'uniformFanIn' } as const;
    const of = (options: Partial<Parameters<typeof BACKBONES.resnet18.layers>[1]>) =>
      BACKBONES.resnet18.layers(32, { ...defaults, ...options });
    const inits = (layers: readonly Layer[]): string[] =>
      layers.flatMap((layer) => {
        if (layer.kind === 'residual') return inits([...layer.body, ...layer.shortcut]);
        return layer.kind === 'conv' ? [layer.init] : [];
      });
    expect(inits(of({ convolutionInit: 'normalFanOut' }))).toEqual(Array(20).fill('normalFanOut'));
    const zeroInits = (layers: readonly Layer[]): boolean[] =>
      layers.flatMap((layer) => {
        if (layer.kind === 'residual') return zeroInits([...layer.body, ...layer.shortcut]);
        return layer.kind === 'batchNorm' ? [layer.zeroInit] : [];
      });
    expect(of({})[0]).toMatchObject({ kind: 'conv', in: 3, out: 64, stride: 1 });
    expect(of({ stemStride: 2 })[0]).toMatchObject({ stride: 2 });
    // Only the last BN of each of the eight blocks.
    expect(zeroInits(of({})).filter(Boolean)).toHaveLength(8);
    expect(zeroInits(of({ zeroInitResidual: false })).filter(Boolean)).toHaveLength(0);
  });
});

describe('a ResNet with the ImageNet stem', () => {
  const options = { stem: 'imagenet', stemStride: 1, zeroInitResidual: true, convolutionInit: 'normalFanOut' } as const;

  it('begins with a 7x7 convolution at stride 2 and max-pooling, whatever the stride of the other stem', () => {
    const [conv, bn, pool] = BACKBONES.resnet50.layers(224, options);
    expect([conv?.kind, bn?.kind, pool?.kind]).toEqual(['conv', 'batchNorm', 'maxPool']);
    expect(conv).toMatchObject({ in: 3, out: 64, kernel: 7, stride: 2 });
    expect(BACKBONES.resnet50.layers(224, { ...options, stem: 'cifar' })[0]).toMatchObject({ kernel: 3, stride: 1 });
  });

  // Numbers of parameters without the classifier, as torchvision has them.
  it.each([
    ['resnet18', 11_176_512],
    ['resnet34', 21_284_672],
    ['resnet50', 23_508_032],
  ] as const)('%s has the parameters of torchvision’s', (name, expected) => {
    const count = (layers: readonly Layer[]): number =>
      layers.reduce((sum, layer) => {
        if (layer.kind === 'conv') return sum + layer.kernel ** 2 * layer.in * layer.out;
        if (layer.kind === 'batchNorm') return sum + 2 * layer.channels;
        return layer.kind === 'residual' ? sum + count([...layer.body, ...layer.shortcut]) : sum;
      }, 0);
    expect(count(BACKBONES[name].layers(224, options))).toBe(expected);
  });

  it('has the stride of a bottleneck on its 3x3 convolution', () => {
    const block = BACKBONES.resnet50
      .layers(224, options)
      .flatMap((layer) => (layer.kind === 'residual' ? [layer] : []))[3];
    const strides = block?.body.flatMap((layer) => (layer.kind === 'conv' ? [[layer.kernel, layer.stride]] : []));
    expect(strides).toEqual([
      [1, 1],
      [3, 2],
      [1, 1],
    ]);
  });
});

it('an option that a backbone does not have is one of others', () => {
  expect(isOptionOfOthers('small', 'stem')).toBe(true);
  expect(isOptionOfOthers('resnet18', 'stem')).toBe(false);
  expect(isOptionOfOthers('small', 'stemStride')).toBe(false);
  expect(isOptionOfOthers('small', 'batchSize')).toBe(false);
});
