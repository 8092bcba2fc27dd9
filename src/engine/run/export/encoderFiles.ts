import { writeEncoder } from './encoderFile';
import type { EncoderWeights } from './encoderWeights';
import { onnxEncoder } from './onnxEncoder';

const json = (value: object) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/** How transformers.js and Hugging Face's Python readers prepare an image. */
function preprocessor({ config: { imageSize }, normalisation: { mean, std } }: EncoderWeights): object {
  return {
    // Without a type it is refused; this one scales an image to `size` and crops nothing.
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { width: imageSize, height: imageSize },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: mean,
    image_std: std,
  };
}

/** What transformers.js needs beside the ONNX file of an encoder, by path. */
export function transformersSettings(weights: EncoderWeights): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ['config.json', json({ model_type: 'resnet' })],
    ['preprocessor_config.json', json(preprocessor(weights))],
  ]);
}

/** A model of transformers.js, by path. */
export function transformersFiles(weights: EncoderWeights): ReadonlyMap<string, Uint8Array> {
  return new Map([['onnx/model.onnx', onnxEncoder(weights)], ...transformersSettings(weights)]);
}

/**
 * The files by which other tools use an encoder, by path: `encoder.safetensors` for PyTorch, `encoder.onnx` for ONNX runtimes, and with the
 * same file in `onnx/`, `config.json` and `preprocessor_config.json` a model of transformers.js.
 */
export function encoderFiles(weights: EncoderWeights): ReadonlyMap<string, Uint8Array> {
  const onnx = onnxEncoder(weights);
  return new Map([
    ['encoder.safetensors', writeEncoder(weights)],
    ['encoder.onnx', onnx],
    ['onnx/model.onnx', onnx],
    ...transformersSettings(weights),
  ]);
}
