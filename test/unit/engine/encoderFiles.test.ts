import { describe, expect, it } from 'vitest';
import { BACKBONE_NAMES } from '../../../src/domain/backbones/registry';
import { presetConfig } from '../../../src/domain/presets';
import { onnxLayers } from '../../../src/engine/network/export/onnxLayers';
import { fromTorch, torchShape, toTorch } from '../../../src/engine/network/export/torchLayout';
import { backboneOf } from '../../../src/engine/network/networkLayers';
import { torchvisionNames } from '../../../src/engine/network/torchvisionNames';
import { writeEncoder } from '../../../src/engine/run/export/encoderFile';
import { encoderFiles } from '../../../src/engine/run/export/encoderFiles';
import { imageFacts, imagesCsv } from '../../../src/engine/run/export/imageTable';
import { readEncoder } from '../../../src/engine/run/export/readEncoder';
import { readSafetensors } from '../../../src/formats/safetensors';
import { drawnEncoder } from '../../setup/encoders';
import { syntheticDataset } from '../../setup/syntheticDataset';

describe('PyTorch’s layout', () => {
  it('is [out, in, k, k] for kernels and [out, in] for linear layers', () => {
    const kernel = { shape: [3, 3, 2, 4], values: Float32Array.from({ length: 72 }, (_, i) => i) };
    const theirs = toTorch(kernel);
    expect(theirs.shape).toEqual([4, 2, 3, 3]);
    // Ours at [row 1, column 2, in 1, out 3] is theirs at [3, 1, 1, 2].
    expect(theirs.values[((3 * 2 + 1) * 3 + 1) * 3 + 2]).toBe(((1 * 3 + 2) * 2 + 1) * 4 + 3);
    expect(fromTorch(theirs)).toEqual(kernel);
    const linear = { shape: [2, 3], values: Float32Array.of(0, 1, 2, 3, 4, 5) };
    expect(toTorch(linear)).toEqual({ shape: [3, 2], values: Float32Array.of(0, 3, 1, 4, 2, 5) });
    expect(fromTorch(toTorch(linear))).toEqual(linear);
    expect(torchShape([5])).toEqual([5]);
  });
});

it('an encoder is the same after it was written as safetensors and read', () => {
  const encoder = drawnEncoder();
  const read = readEncoder(writeEncoder(encoder));
  expect(read.notes).toEqual([]);
  const { tensors, ...rest } = read.encoder;
  const own = new Map([...encoder.tensors].filter(([name]) => name.startsWith('encoder.')));
  expect(rest).toEqual({ config: encoder.config, step: 7, normalisation: encoder.normalisation });
  expect(tensors).toEqual(own);
});

it.each(BACKBONE_NAMES)('the ONNX nodes of %s use every one of its parameters once', (backbone) => {
  const { layers } = backboneOf({ ...presetConfig('tiny'), backbone });
  const { nodes, output, fixed } = onnxLayers(layers, 'x');
  expect(output).toBe(nodes.at(-1)?.output);
  expect(fixed).toEqual([]);
  const outputs = new Set(['x', ...nodes.map((node) => node.output)]);
  expect(outputs.size).toBe(nodes.length + 1);
  const constants = nodes.flatMap(({ inputs }) => inputs.filter((name) => !outputs.has(name)));
  expect(constants.sort()).toEqual(
    torchvisionNames(layers)
      .map(({ torchvision }) => torchvision)
      .sort(),
  );
});

it('writes the files of the contract, and num_batches_tracked as PyTorch’s long', () => {
  const files = encoderFiles(drawnEncoder());
  expect([...files.keys()]).toEqual([
    'encoder.safetensors',
    'encoder.onnx',
    'onnx/model.onnx',
    'config.json',
    'preprocessor_config.json',
  ]);
  const { tensors, metadata } = readSafetensors(files.get('encoder.safetensors')!);
  expect(metadata.get('format')).toBe('pt');
  const { dtype, shape, bytes } = tensors.get('layer2.0.downsample.1.num_batches_tracked')!;
  expect([dtype, shape, [...bytes]]).toEqual(['I64', [], [7, 0, 0, 0, 0, 0, 0, 0]]);
});

it('prepares an image as the page does: the short side is scaled, the centre square cut out', () => {
  const encoder = drawnEncoder();
  const files = encoderFiles(encoder);
  const jsonOf = (name: string) => JSON.parse(new TextDecoder().decode(files.get(name)!)) as unknown;
  const { imageSize } = encoder.config;
  expect(jsonOf('preprocessor_config.json')).toMatchObject({
    size: { shortest_edge: imageSize },
    do_center_crop: true,
    crop_size: { width: imageSize, height: imageSize },
    image_mean: encoder.normalisation.mean,
    image_std: encoder.normalisation.std,
  });
  // No network of Hugging Face's transformers has these layers.
  expect(jsonOf('config.json')).toEqual({ model_type: 'resnet' });
});

it('names images by path, class and split, exactly', () => {
  const images = { ...syntheticDataset(5), names: ['-1.png', 'a,b.png', 'c.png', 'd.png', 'e.png'] };
  images.labels?.set([-1], 2);
  expect(Buffer.concat([...imagesCsv(images)]).toString()).toBe(
    'path,class,split\r\n-1.png,disc,train\r\n"a,b.png",square,train\r\nc.png,,train\r\nd.png,disc,train\r\ne.png,square,test\r\n',
  );
  expect(imageFacts(images, 4, 5)).toEqual([{ path: 'e.png', className: 'square', split: 'test' }]);
});
