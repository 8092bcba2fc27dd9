import type { BatchNormLayer, ConvLayer, Layer, LinearLayer, ResidualLayer } from '../../../domain/backbones/layer';
import type { OnnxNode } from '../../../formats/onnx/onnxFile';
import { BN_EPSILON } from '../nn/batchNorm';
import { torchvisionLayer } from '../torchvisionNames';

/** Layers as nodes of an ONNX graph, from a tensor of that graph to another. */
export interface OnnxPart {
  readonly nodes: readonly OnnxNode[];
  readonly output: string;
  /** Constants of the nodes that are no parameters of a layer: scales of 1 and shifts of 0 [C], by name. */
  readonly fixed: readonly { readonly name: string; readonly channels: number; readonly value: number }[];
}

/**
 * Layers as nodes of an ONNX graph, in PyTorch's layout: images [N, C, H, W], rows [N, d]. The nodes refer to the parameters by the names of
 * `torchvisionNames`, in PyTorch's layout; BN normalises with its running statistics.
 * @param input the tensor that the first layer gets
 */
export function onnxLayers(layers: readonly Layer[], input: string): OnnxPart {
  return layers.reduce<OnnxPart>(
    (before, layer) => {
      const { nodes, output, fixed } = onnxLayer(layer, before.output);
      return { nodes: [...before.nodes, ...nodes], output, fixed: [...before.fixed, ...fixed] };
    },
    { nodes: [], output: input, fixed: [] },
  );
}

function onnxLayer(layer: Layer, input: string): OnnxPart {
  switch (layer.kind) {
    case 'conv':
      return only(conv(layer, input));
    case 'batchNorm':
      return batchNorm(layer, input);
    case 'linear':
      return only(linear(layer, input));
    case 'relu':
      return only(relu(input));
    case 'residual':
      return residual(layer, input);
    case 'maxPool':
      return only({
        operator: 'MaxPool',
        inputs: [input],
        output: `${input}.max`,
        attributes: { kernel_shape: integers(3, 2), strides: integers(2, 2), pads: integers(1, 4) },
      });
    case 'globalAveragePool': {
      const mean = `${input}.mean`;
      const output = `${input}.pooled`;
      return {
        // The mean is [N, C, 1, 1].
        nodes: [
          { operator: 'GlobalAveragePool', inputs: [input], output: mean },
          { operator: 'Flatten', inputs: [mean], output },
        ],
        output,
        fixed: [],
      };
    }
    default:
      return layer satisfies never;
  }
}

const only = (node: OnnxNode): OnnxPart => ({ nodes: [node], output: node.output, fixed: [] });

const relu = (input: string): OnnxNode => ({ operator: 'Relu', inputs: [input], output: `${input}.relu` });

const integers = (value: number, count: number) => ({ kind: 'integers', value: Array(count).fill(value) }) as const;

function conv({ name, kernel, stride }: ConvLayer, input: string): OnnxNode {
  const layer = torchvisionLayer(name);
  return {
    operator: 'Conv',
    inputs: [input, `${layer}.weight`],
    output: `${layer}.out`,
    attributes: {
      kernel_shape: integers(kernel, 2),
      strides: integers(stride, 2),
      // Above, left, below, right.
      pads: integers((kernel - 1) / 2, 4),
    },
  };
}

function linear({ name, bias }: LinearLayer, input: string): OnnxNode {
  const layer = torchvisionLayer(name);
  return {
    operator: 'Gemm',
    inputs: [input, `${layer}.weight`, ...(bias ? [`${layer}.bias`] : [])],
    output: `${layer}.out`,
    attributes: { transB: { kind: 'integer', value: 1 } },
  };
}

function batchNorm({ name, channels, affine, relu: hasRelu }: BatchNormLayer, input: string): OnnxPart {
  const layer = torchvisionLayer(name);
  const [weight, bias] = [`${layer}.weight`, `${layer}.bias`];
  const normalised: OnnxNode = {
    operator: 'BatchNormalization',
    inputs: [input, weight, bias, `${layer}.running_mean`, `${layer}.running_var`],
    output: `${layer}.out`,
    attributes: { epsilon: { kind: 'float', value: BN_EPSILON } },
  };
  const fixed = affine
    ? []
    : [
        { name: weight, channels, value: 1 },
        { name: bias, channels, value: 0 },
      ];
  if (!hasRelu) return { ...only(normalised), fixed };
  const after = relu(normalised.output);
  return { nodes: [normalised, after], output: after.output, fixed };
}

function residual({ body, shortcut, relu: hasRelu }: ResidualLayer, input: string): OnnxPart {
  const inner = onnxLayers(body, input);
  const beside = onnxLayers(shortcut, input);
  const sum: OnnxNode = { operator: 'Add', inputs: [inner.output, beside.output], output: `${inner.output}.sum` };
  const nodes = [...inner.nodes, ...beside.nodes, sum, ...(hasRelu ? [relu(sum.output)] : [])];
  return { nodes, output: nodes[nodes.length - 1].output, fixed: [...inner.fixed, ...beside.fixed] };
}
