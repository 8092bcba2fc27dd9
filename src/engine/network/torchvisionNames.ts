import type { Layer } from '../../domain/backbones/layer';

/** A tensor of the network: its name among our parameters, and in torchvision's state dict. */
export interface ExportName {
  readonly ours: string;
  readonly torchvision: string;
}

/** Places of a layer in torchvision's ResNet: `layer1.0.conv1` for `encoder.stage1.block0.conv1`, `downsample` for the shortcut. */
function torchvisionLayer(name: string): string {
  return name
    .replace(/^encoder\.stem\.conv$/, 'conv1')
    .replace(/^encoder\.stem\.bn$/, 'bn1')
    .replace(/^encoder\.stage(\d+)\.block(\d+)\./, 'layer$1.$2.')
    .replace(/shortcut\.conv$/, 'downsample.0')
    .replace(/shortcut\.bn$/, 'downsample.1');
}

/**
 * The tensors of a backbone under torchvision's names, in the order of its layers. Kernels are [k, k, in, out] here and
 * [out, in, k, k] there; `num_batches_tracked` has no counterpart here.
 */
export function torchvisionNames(layers: readonly Layer[]): ExportName[] {
  return layers.flatMap((layer) => {
    switch (layer.kind) {
      case 'conv':
        return [{ ours: `${layer.name}.kernel`, torchvision: `${torchvisionLayer(layer.name)}.weight` }];
      case 'batchNorm':
        return batchNormNames(layer.name, layer.affine);
      case 'linear':
        return [
          { ours: `${layer.name}.kernel`, torchvision: `${torchvisionLayer(layer.name)}.weight` },
          ...(layer.bias ? [{ ours: `${layer.name}.bias`, torchvision: `${torchvisionLayer(layer.name)}.bias` }] : []),
        ];
      case 'residual':
        return [...torchvisionNames(layer.body), ...torchvisionNames(layer.shortcut)];
      case 'relu':
      case 'globalAveragePool':
        return [];
      default:
        return layer satisfies never;
    }
  });
}

function batchNormNames(name: string, affine: boolean): ExportName[] {
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
  return [...scale, ...statistics].map(([ours, theirs]) => ({
    ours: `${name}.${ours}`,
    torchvision: `${torchvisionLayer(name)}.${theirs}`,
  }));
}
