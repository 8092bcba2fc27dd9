import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/domain/backbones/layer';
import { BACKBONE_NAMES, BACKBONE_OPTIONS, BACKBONES } from '../../../src/domain/backbones/registry';
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
    const defaults = { stemStride: 1, zeroInitResidual: true, convolutionInit: 'uniformFanIn' } as const;
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
