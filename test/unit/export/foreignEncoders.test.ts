import { describe, expect, it } from 'vitest';
import { toHalves } from '../../../src/domain/halfPrecision';
import { writeEncoder } from '../../../src/engine/run/export/encoderFile';
import { readPreprocessor } from '../../../src/engine/run/export/preprocessor';
import { readEncoder } from '../../../src/engine/run/export/readEncoder';
import {
  elementsOf,
  readSafetensors,
  type StoredTensor,
  storedTensor,
  writeSafetensors,
} from '../../../src/formats/safetensors';
import { drawnEncoder } from '../../setup/encoders';

/** Weights under torchvision's names, without anything of ours. */
const weightsOf = (change: Parameters<typeof drawnEncoder>[0]) => {
  const encoder = drawnEncoder(change);
  return { encoder, tensors: readSafetensors(writeEncoder(encoder)).tensors };
};
const { encoder: TINY, tensors: TORCHVISION } = weightsOf({ backbone: 'tiny', stemStride: 1 });

const fileOf = (tensors: Iterable<readonly [string, StoredTensor]>) =>
  writeSafetensors({ tensors: new Map(tensors), metadata: new Map() });

const renamed = (rename: (name: string) => string) => [...TORCHVISION].map(([name, t]) => [rename(name), t] as const);

/** Names as transformers' `ResNetModel` has them. */
function huggingFace(name: string): string {
  return name
    .replace(/^conv1\./, 'embedder.embedder.convolution.')
    .replace(/^bn1\./, 'embedder.embedder.normalization.')
    .replace(/^layer(\d)\.(\d)\./, (_, stage, block) => `encoder.stages.${stage - 1}.layers.${block}.`)
    .replace(/\.conv(\d)\./, (_, i) => `.layer.${i - 1}.convolution.`)
    .replace(/\.bn(\d)\./, (_, i) => `.layer.${i - 1}.normalization.`)
    .replace('downsample.0', 'shortcut.convolution')
    .replace('downsample.1', 'shortcut.normalization');
}

const own = new Map([...TINY.tensors].filter(([name]) => name.startsWith('encoder.')));
const head = storedTensor('F32', [2, 512], new Float32Array(1024));

describe('weights of other people', () => {
  it.each<readonly [string, (name: string) => string, readonly string[]]>([
    ['torchvision and timm', (name) => name, ['fc.weight']],
    [
      'official SimSiam',
      (name) => `module.encoder.${name}`,
      ['module.encoder.fc.0.weight', 'module.predictor.0.weight'],
    ],
    ['Hugging Face’s ResNetModel', huggingFace, []],
    ['Hugging Face’s classifier', (name) => `resnet.${huggingFace(name)}`, ['classifier.1.weight']],
    ['MoCo', (name) => `module.encoder_q.${name}`, ['module.encoder_k.conv1.weight', 'module.queue']],
  ])('by the names of %s are read, and what is not of the backbone is named', (_, rename, others) => {
    const file = fileOf([...renamed(rename), ...others.map((name) => [name, head] as const)]);
    const { encoder, isNormalisationStated, notes } = readEncoder(file);
    expect(encoder.config).toMatchObject({ backbone: 'tiny', stem: 'cifar' });
    expect(encoder.tensors).toEqual(own);
    expect(notes[0]).toContain(`All ${own.size} tensors of “tiny ResNet” were found`);
    expect(isNormalisationStated).toBe(false);
    expect(encoder.normalisation.mean).toEqual([0.485, 0.456, 0.406]);
    const named = others.length === 0 ? [] : [`Not used, since they are not of the backbone: ${others.join(', ')}.`];
    expect(notes.filter((note) => note.startsWith('Not used'))).toEqual(named);
  });

  it('with a 3×3 convolution first have the stem for small images', () => {
    const { encoder, notes } = readEncoder(fileOf(TORCHVISION));
    expect(encoder.config).toMatchObject({ backbone: 'tiny', stem: 'cifar', stemStride: 1, imageSize: 32 });
    expect(notes[0]).toContain('3×3 stem, whose stride is taken to be 1');
  });

  it('with a 7×7 convolution first have the ImageNet stem', () => {
    const { tensors } = weightsOf({ backbone: 'resnet18', stem: 'imagenet' });
    const { encoder, notes } = readEncoder(fileOf(tensors));
    expect(encoder.config).toMatchObject({ backbone: 'resnet18', stem: 'imagenet', imageSize: 224, sourceSize: 256 });
    expect(notes[0]).toContain('All 100 tensors of “ResNet-18” were found');
  });

  it.each([
    ['F16', (values: Float32Array) => new Uint8Array(toHalves(values).buffer), 2 ** -11],
    [
      'BF16',
      (values: Float32Array) => {
        const words = new Uint16Array(values.buffer, values.byteOffset, 2 * values.length);
        return new Uint8Array(Uint16Array.from(values, (_, i) => words[2 * i + 1]!).buffer);
      },
      2 ** -7,
    ],
    ['F64', (values: Float32Array) => new Uint8Array(Float64Array.from(values).buffer), 0],
  ] as const)('as %s are read as float32', (dtype, bytesOf, tolerance) => {
    const { encoder, tensors } = weightsOf({ backbone: 'tiny', stemStride: 1 });
    const converted = [...tensors].map(([name, tensor]): [string, StoredTensor] => {
      if (tensor.dtype !== 'F32') return [name, tensor];
      return [name, { dtype, shape: tensor.shape, bytes: bytesOf(elementsOf(name, tensor, 'F32')) }];
    });
    const read = readEncoder(fileOf(converted)).encoder.tensors;
    for (const [name, { values }] of read) {
      const expected = encoder.tensors.get(name)!.values;
      const worst = values.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - expected[i]!) / (Math.abs(expected[i]!) + 1e-3)),
        0,
      );
      expect(worst, name).toBeLessThanOrEqual(tolerance);
    }
  });

  it('of another network are refused with names and shapes', () => {
    const without = [...TORCHVISION].filter(([name]) => name !== 'layer3.0.conv2.weight');
    expect(() => readEncoder(fileOf(without))).toThrow(
      /^does not fit the network “tiny ResNet”:\n {2}layer3\.0\.conv2\.weight: expected \[24, 24, 3, 3\], and it is missing/,
    );
    const squeezed = [...TORCHVISION, ['layer1.0.se.fc1.weight', head] as const];
    expect(() => readEncoder(fileOf(squeezed))).toThrow('layer1.0.se.fc1.weight: not expected, found [2, 512]');
    expect(() => readEncoder(fileOf([['transformer.wte.weight', head]]))).toThrow('does not fit the network');
  });
});

describe('preprocessor_config.json', () => {
  const PREPARED = {
    image_mean: [0.5, 0.4, 0.3],
    image_std: [0.1, 0.2, 0.3],
    size: { shortest_edge: 224 },
    crop_size: 160,
  };

  it('says what images are normalised with and how large they are', () => {
    const { encoder, isNormalisationStated, notes } = readEncoder(
      fileOf(TORCHVISION),
      readPreprocessor(JSON.stringify(PREPARED)),
    );
    expect(encoder.normalisation).toEqual({ mean: [0.5, 0.4, 0.3], std: [0.1, 0.2, 0.3] });
    expect(encoder.config.imageSize).toBe(160);
    expect(isNormalisationStated).toBe(true);
    expect(notes.join(' ')).toContain('says that its images have 160 px');
  });

  it.each([
    ['no normalisation', { do_normalize: false, size: 96 }, { mean: [0, 0, 0], std: [1, 1, 1] }, 96],
    ['height and width', { size: { height: 384, width: 384 } }, null, 224],
    ['nothing', {}, null, null],
  ] as const)('with %s', (_, json, normalisation, imageSize) => {
    expect(readPreprocessor(JSON.stringify(json))).toEqual({ normalisation, imageSize });
  });

  it.each([
    ['text', '<html>', 'is not JSON'],
    ['a deviation of 0', '{"image_mean":[0,0,0],"image_std":[0,1,1]}', 'image_std.0'],
    ['a mean of two channels', '{"image_mean":[0,0],"image_std":[1,1,1]}', 'image_mean'],
  ])('of %s is refused', (_, text, message) => {
    expect(() => readPreprocessor(text)).toThrow(message);
  });
});
