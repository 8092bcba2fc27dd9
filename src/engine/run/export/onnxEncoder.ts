import { type OnnxTensor, writeOnnx } from '../../../formats/onnx/onnxFile';
import { onnxLayers } from '../../network/export/onnxLayers';
import { toTorch } from '../../network/export/torchLayout';
import { networkLayersOf } from '../../network/networkLayers';
import { torchvisionNames } from '../../network/torchvisionNames';
import type { EncoderWeights } from './encoderWeights';

/** The axis of the images, whose number is not fixed. */
const IMAGES = 'batch';

/**
 * The encoder with its projector as an ONNX model: `pixel_values` [N, 3, H, W], normalised, to `features` [N, featureDim] and `z`
 * [N, outputDim]. `last_hidden_state` and `pooler_output`, which transformers.js reads, are the features again.
 */
export function onnxEncoder({ config, step, tensors }: EncoderWeights): Uint8Array {
  const { backbone, projector, outputDim } = networkLayersOf(config);
  const { imageSize, featureDim } = backbone;
  const features = onnxLayers(backbone.layers, 'pixel_values');
  const z = onnxLayers(projector, features.output);
  const named = (name: string, input: string) => ({ operator: 'Identity', inputs: [input], output: name });
  const constants = new Map<string, OnnxTensor>();
  for (const { ours, torchvision } of torchvisionNames([...backbone.layers, ...projector])) {
    const tensor = tensors.get(ours);
    if (tensor === undefined) throw new Error(`the encoder has no tensor “${ours}”`);
    constants.set(torchvision, toTorch(tensor));
  }
  for (const { name, channels, value } of [...features.fixed, ...z.fixed]) {
    constants.set(name, { shape: [channels], values: new Float32Array(channels).fill(value) });
  }
  const ofFeatures = ['features', 'last_hidden_state', 'pooler_output'];
  return writeOnnx({
    name: `SimSiam Lab, ${config.backbone}`,
    nodes: [
      ...features.nodes,
      ...z.nodes,
      ...ofFeatures.map((name) => named(name, features.output)),
      named('z', z.output),
    ],
    constants,
    inputs: [{ name: 'pixel_values', shape: [IMAGES, 3, imageSize, imageSize] }],
    outputs: [
      ...ofFeatures.map((name) => ({ name, shape: [IMAGES, featureDim] })),
      { name: 'z', shape: [IMAGES, outputDim] },
    ],
    metadata: new Map([
      ['method', config.method],
      ['step', String(step)],
    ]),
  });
}
