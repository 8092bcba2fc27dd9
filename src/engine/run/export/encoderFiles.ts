import { huggingFaceResNet } from '../../network/huggingFaceNames';
import { backboneOf } from '../../network/networkLayers';
import { writeEncoder, writeHuggingFaceModel } from './encoderFile';
import type { EncoderWeights } from './encoderWeights';
import { onnxEncoder } from './onnxEncoder';

const json = (value: object) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/**
 * How transformers.js and Hugging Face's Python readers prepare an image: the short side is scaled, and the centre square of it taken, as the
 * page does it.
 */
function preprocessor({ config: { imageSize }, normalisation: { mean, std } }: EncoderWeights): object {
  return {
    // Without a type it is refused; the processor of ResNets crops a picture closer than this one.
    image_processor_type: 'CLIPImageProcessor',
    do_convert_rgb: true,
    do_resize: true,
    size: { shortest_edge: imageSize },
    // Bilinear.
    resample: 2,
    do_center_crop: true,
    crop_size: { width: imageSize, height: imageSize },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
  };
}

/** `config.json`; for Hugging Face's `ResNetModel` it describes the network, transformers.js needs the type alone. */
function modelConfig({ config }: EncoderWeights): object {
  const network = huggingFaceResNet(backboneOf(config).layers);
  if (network === null) return { model_type: 'resnet' };
  return { model_type: 'resnet', architectures: ['ResNetModel'], torch_dtype: 'float32', ...network };
}

/** What transformers.js needs beside the ONNX file of an encoder, by path. */
export function transformersSettings(weights: EncoderWeights): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ['config.json', json(modelConfig(weights))],
    ['preprocessor_config.json', json(preprocessor(weights))],
  ]);
}

/** The weights for Hugging Face's transformers in Python, by path; none where the network is not one of theirs. */
function huggingFaceWeights(weights: EncoderWeights): ReadonlyMap<string, Uint8Array> {
  if (huggingFaceResNet(backboneOf(weights.config).layers) === null) return new Map();
  return new Map([['model.safetensors', writeHuggingFaceModel(weights)]]);
}

/** A model of transformers.js and, with the ImageNet stem, of transformers, by path. */
export function transformersFiles(weights: EncoderWeights): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ['onnx/model.onnx', onnxEncoder(weights)],
    ...transformersSettings(weights),
    ...huggingFaceWeights(weights),
  ]);
}

/**
 * The files by which other tools use an encoder, by path: `encoder.safetensors` for PyTorch, `encoder.onnx` for ONNX runtimes, and with the
 * same file in `onnx/`, `config.json` and `preprocessor_config.json` a model of transformers.js; with the ImageNet stem also
 * `model.safetensors`, which makes it a `ResNetModel` of transformers in Python.
 */
export function encoderFiles(weights: EncoderWeights): ReadonlyMap<string, Uint8Array> {
  const onnx = onnxEncoder(weights);
  return new Map([
    ['encoder.safetensors', writeEncoder(weights)],
    ['encoder.onnx', onnx],
    ['onnx/model.onnx', onnx],
    ...transformersSettings(weights),
    ...huggingFaceWeights(weights),
  ]);
}
