import type { BatchNormLayer, Layer } from '../../domain/backbones/layer';

/** A tensor of the network: its name and shape among our parameters, and its name in torchvision's state dict. */
export interface ExportName {
  readonly ours: string;
  readonly torchvision: string;
  /** Ours; torchvision's has the axes in another order (`torchShape`). */
  readonly shape: readonly number[];
}

/** Places of a layer in torchvision's ResNet: `layer1.0.conv1` for `encoder.stage1.block0.conv1`, `downsample` for the shortcut. */
export function torchvisionLayer(name: string): string {
  return name
    .replace(/^encoder\.stem\.conv$/, 'conv1')
    .replace(/^encoder\.stem\.bn$/, 'bn1')
    .replace(/^encoder\.stage(\d+)\.block(\d+)\./, 'layer$1.$2.')
    .replace(/shortcut\.conv$/, 'downsample.0')
    .replace(/shortcut\.bn$/, 'downsample.1');
}

/**
 * The tensors of a backbone under torchvision's names, in the order of its layers; those of heads keep the names of their layers.
 * `num_batches_tracked` has no counterpart here.
 */
export function torchvisionNames(layers: readonly Layer[]): ExportName[] {
  return layers.flatMap((layer) => {
    switch (layer.kind) {
      case 'conv': {
        const { name, kernel, in: input, out } = layer;
        return [tensorOf(name, 'kernel', 'weight', [kernel, kernel, input, out])];
      }
      case 'batchNorm':
        return batchNormNames(layer);
      case 'linear': {
        const { name, in: input, out, bias } = layer;
        return [
          tensorOf(name, 'kernel', 'weight', [input, out]),
          ...(bias ? [tensorOf(name, 'bias', 'bias', [out])] : []),
        ];
      }
      case 'residual':
        return [...torchvisionNames(layer.body), ...torchvisionNames(layer.shortcut)];
      case 'relu':
      case 'maxPool':
      case 'globalAveragePool':
        return [];
      default:
        return layer satisfies never;
    }
  });
}

function tensorOf(layer: string, ours: string, theirs: string, shape: readonly number[]): ExportName {
  return { ours: `${layer}.${ours}`, torchvision: `${torchvisionLayer(layer)}.${theirs}`, shape };
}

function batchNormNames({ name, affine, channels }: BatchNormLayer): ExportName[] {
  const scale = affine
    ? ([
        ['gamma', 'weight'],
        ['beta', 'bias'],
      ] as const)
    : [];
  const statistics = [
    ['moving_mean', 'running_mean'],
    ['moving_variance', 'running_var'],
  ] as const;
  return [...scale, ...statistics].map(([ours, theirs]) => tensorOf(name, ours, theirs, [channels]));
}
