import type { Layer } from '../../domain/backbones/layer';

/** The name in Hugging Face's `ResNetModel` of a tensor that is `layer1.0.conv2.weight` in torchvision's ResNet. */
export function huggingFaceName(torchvision: string): string {
  return torchvision
    .replace(/^conv1\./, 'embedder.embedder.convolution.')
    .replace(/^bn1\./, 'embedder.embedder.normalization.')
    .replace(/^layer(\d+)\.(\d+)\./, (_, stage, block) => `encoder.stages.${Number(stage) - 1}.layers.${block}.`)
    .replace(/\.conv(\d+)\./, (_, place) => `.layer.${Number(place) - 1}.convolution.`)
    .replace(/\.bn(\d+)\./, (_, place) => `.layer.${Number(place) - 1}.normalization.`)
    .replace(/\.downsample\.0\./, '.shortcut.convolution.')
    .replace(/\.downsample\.1\./, '.shortcut.normalization.');
}

/** The name in torchvision's ResNet of a tensor of a `ResNetModel`: undoes `huggingFaceName`; other names stay as they are. */
export function fromHuggingFaceName(name: string): string {
  return name
    .replace(/^embedder\.embedder\.convolution\./, 'conv1.')
    .replace(/^embedder\.embedder\.normalization\./, 'bn1.')
    .replace(/^encoder\.stages\.(\d+)\.layers\.(\d+)\.(.*)$/, (_, stage: string, block: string, rest: string) => {
      const layer = rest
        .replace(/^layer\.(\d+)\.convolution\./, (_all, i: string) => `conv${Number(i) + 1}.`)
        .replace(/^layer\.(\d+)\.normalization\./, (_all, i: string) => `bn${Number(i) + 1}.`)
        .replace(/^shortcut\.convolution\./, 'downsample.0.')
        .replace(/^shortcut\.normalization\./, 'downsample.1.');
      return `layer${Number(stage) + 1}.${block}.${layer}`;
    });
}

/** What the `config.json` of a `ResNetModel` says of the network. */
export interface HuggingFaceResNet {
  readonly num_channels: number;
  readonly embedding_size: number;
  /** Output channels and number of blocks of each stage. */
  readonly hidden_sizes: readonly number[];
  readonly depths: readonly number[];
  readonly layer_type: 'basic' | 'bottleneck';
  readonly hidden_act: 'relu';
  readonly downsample_in_first_stage: false;
  /** Whether the first 1x1 convolution of a bottleneck has the stride, rather than the 3x3 one. */
  readonly downsample_in_bottleneck: false;
}

/** A backbone as Hugging Face's `ResNetModel`; null where its stem is not the 7x7 convolution with max-pooling, the only one there. */
export function huggingFaceResNet(layers: readonly Layer[]): HuggingFaceResNet | null {
  const [stem] = layers;
  if (stem?.kind !== 'conv' || !layers.some(({ kind }) => kind === 'maxPool')) return null;
  const stages = new Map<string, { channels: number; blocks: number; convolutions: number }>();
  for (const layer of layers) {
    if (layer.kind !== 'residual') continue;
    const convolutions = layer.body.flatMap((inner) => (inner.kind === 'conv' ? [inner] : []));
    const last = convolutions[convolutions.length - 1];
    const [stage] = /stage\d+/.exec(last.name) ?? [last.name];
    const blocks = (stages.get(stage)?.blocks ?? 0) + 1;
    stages.set(stage, { channels: last.out, blocks, convolutions: convolutions.length });
  }
  const all = [...stages.values()];
  return {
    num_channels: stem.in,
    embedding_size: stem.out,
    hidden_sizes: all.map(({ channels }) => channels),
    depths: all.map(({ blocks }) => blocks),
    layer_type: all.every(({ convolutions }) => convolutions === 3) ? 'bottleneck' : 'basic',
    hidden_act: 'relu',
    downsample_in_first_stage: false,
    downsample_in_bottleneck: false,
  };
}
