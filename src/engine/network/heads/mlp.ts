import type { Layer } from '../../../domain/backbones/layer';

/** One linear layer of an MLP and what follows it. It has a bias only where no BN follows, which would cancel it. */
export interface MlpLayer {
  readonly out: number;
  readonly batchNorm: 'none' | 'affine' | 'plain';
  readonly relu: boolean;
}

/** Layers of an MLP for rows [N, input]: linear ones `name.fc1..n`, with BN `name.bn1..n` where a layer has it. */
export function mlp(name: string, input: number, layers: readonly MlpLayer[]): Layer[] {
  return layers.flatMap(({ out, batchNorm, relu }, i): Layer[] => {
    const width = i === 0 ? input : layers[i - 1].out;
    const bias = batchNorm === 'none';
    const linear: Layer = { kind: 'linear', name: `${name}.fc${i + 1}`, in: width, out, bias };
    if (bias) return relu ? [linear, { kind: 'relu' }] : [linear];
    const affine = batchNorm === 'affine';
    return [linear, { kind: 'batchNorm', name: `${name}.bn${i + 1}`, channels: out, affine, zeroInit: false, relu }];
  });
}
