import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parquetReadObjects } from 'hyparquet';
import * as onnxRuntime from 'onnxruntime-web';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { exportTo } from '../../scripts/export/exportTo';
import { loadDataset } from '../../scripts/node/loadDataset';
import { HOLD_OUT_SEED } from '../../src/data/importTypes';
import { inMemory } from '../../src/domain/imageDataset';
import { ImageSource } from '../../src/engine/images/imageSource';
import { readCheckpoint, writeCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { resumeRun } from '../../src/engine/run/checkpoint/resumeRun';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { encoderFiles } from '../../src/engine/run/export/encoderFiles';
import { encoderWeights } from '../../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { Trainer } from '../../src/engine/run/trainer';
import { maxError } from '../fixtures/golden';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { describeWithPython, readFloats, scratchFolder, writeFloats } from '../setup/python';
import { syntheticDataset } from '../setup/syntheticDataset';

const ROOT = join(import.meta.dirname, '../..');
const SIDE = 32;
const FEATURES = 24;
/** The largest difference of another reader's features, as a share of the largest feature. */
const AGREE = 1e-4;

/** Pixels [N, H, W, C] as [N, C, H, W]. */
function channelsFirst(values: Float32Array, images: number): Float32Array {
  const area = SIDE * SIDE;
  return Float32Array.from(values, (_, i) => {
    const [image, channel, pixel] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3, i % area];
    return values[(image * area + pixel) * 3 + channel];
  }).subarray(0, images * 3 * area);
}

/** The values of a .npy file of float32. */
function npyValues(file: string): Float32Array {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

describeOnEngines(['wasm'], 'the files of npm run export', () => {
  const scratch = scratchFolder('export');
  const at = (...names: string[]) => join(scratch.path, ...names);
  const npm = (script: string, ...options: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', `scripts/${script}.ts`, ...options], { cwd: ROOT });

  beforeAll(async () => {
    const { pixels, labels, classNames, count } = syntheticDataset(30);
    for (let i = 0; i < count; i++) {
      const folder = at('images', classNames[labels?.[i] ?? 0] ?? '');
      mkdirSync(folder, { recursive: true });
      const raw = pixels.subarray(i * 4 * SIDE ** 2, (i + 1) * 4 * SIDE ** 2);
      await sharp(raw, { raw: { width: SIDE, height: SIDE, channels: 4 } })
        .png()
        .toFile(join(folder, `${i}.png`));
    }
    const settings = ['engine=wasm', 'batchSize=8', 'outputDim=16', 'projectorHidden=16', 'probe.every=0'];
    const set = [...settings, 'knn.every=0', 'baseLearningRate=0.1'].flatMap((setting) => ['--set', setting]);
    await npm(
      ...(['experiment', '--preset', 'tiny', '--dataset', at('images'), '--steps', '6', '--until', '3'] as const),
      ...[...set, '--checkpoint', at('run.safetensors')],
    );
    await npm('export', at('run.safetensors'), '--out', at('out'), '--dataset', at('images'));
  });
  afterAll(() => scratch.remove());

  const exported = () => npyValues(at('out', 'embeddings.npy'));

  /** The images as the run got them, in the order of the files. */
  const images = async () => {
    const { imageSize, sourceSize, holdOut, labelRule } = readCheckpoint(readFileSync(at('run.safetensors'))).config;
    const reading = { seed: HOLD_OUT_SEED, holdOut, labelRule, batchSize: 8 };
    const { dataset } = await loadDataset(at('images'), { imageSize, sourceSize, ...reading });
    return inMemory(dataset);
  };

  /** Their normalised pixels [N, 3, H, W]. */
  const pixelValues = async () => {
    const dataset = await images();
    const { config } = readCheckpoint(readFileSync(at('run.safetensors')));
    const plain = new ImageSource(dataset, config).plain(Uint32Array.from({ length: dataset.count }, (_, i) => i));
    const values = await plain.data<'float32'>();
    plain.dispose();
    return channelsFirst(Float32Array.from(values), dataset.count);
  };

  it('are those of the contract, and nothing else', () => {
    expect(readdirSync(at('out')).sort()).toEqual([
      'config.json',
      'embeddings.csv',
      'embeddings.npy',
      'embeddings.parquet',
      'encoder.onnx',
      'encoder.safetensors',
      'onnx',
      'preprocessor_config.json',
    ]);
    expect(readFileSync(at('out', 'onnx', 'model.onnx'))).toEqual(readFileSync(at('out', 'encoder.onnx')));
  });

  it('hold the features that the run measures', async () => {
    const dataset = await images();
    const engine = await startTestEngine('wasm');
    const checkpoint = readCheckpoint(readFileSync(at('run.safetensors')));
    const { trainer } = await resumeRun(checkpoint, dataset, engine, () => undefined);
    const measured = await trainer.labelledFeatures(() => undefined);
    trainer.dispose();
    const rows = (split: number) =>
      Float32Array.from(
        Array.from({ length: dataset.count }, (_, i) => i)
          .filter((i) => dataset.split[i] === split)
          .flatMap((i) => [...exported().subarray(i * FEATURES, (i + 1) * FEATURES)]),
      );
    expect(maxError(rows(0), measured!.train.data)).toBeLessThan(1e-5);
    expect(maxError(rows(1), measured!.test.data)).toBeLessThan(1e-5);
  });

  it('embed: an exported folder and the checkpoint give the same features, whatever the batch', async () => {
    const sources = [at('out'), at('run.safetensors')];
    for (const [i, weights] of sources.entries()) {
      const out = at(`features${i}.npy`);
      const { stdout } = await npm('embed', at('images'), '--weights', weights, '--out', out, '--batch', String(7 + i));
      expect(stdout).toContain('30 images, 24 features each');
      expect(maxError(npyValues(out), exported())).toBeLessThan(1e-5);
      expect(readFileSync(at(`features${i}.csv`), 'utf8')).toBe(readFileSync(at('out', 'embeddings.csv'), 'utf8'));
    }
  });

  /** The checkpoint as earlier versions wrote it, without what its images are measured with. */
  const earlier = () => {
    const checkpoint = readCheckpoint(readFileSync(at('run.safetensors')));
    expect(checkpoint.measuredWith).not.toBeNull();
    writeFileSync(at('earlier.safetensors'), writeCheckpoint({ ...checkpoint, measuredWith: null }));
    return at('earlier.safetensors');
  };

  it('need no images of the run, and are the same with the statistics of an earlier checkpoint', async () => {
    const options = { file: at('run.safetensors'), out: at('alone'), dataset: undefined, folders: undefined };
    await exportTo(options);
    await exportTo({ ...options, file: earlier(), out: at('measured'), dataset: at('images') });
    for (const [folder, files] of [
      ['alone', ['encoder.safetensors', 'encoder.onnx', 'preprocessor_config.json']],
      ['measured', ['encoder.safetensors', 'embeddings.npy', 'embeddings.csv']],
    ] as const) {
      for (const file of files) expect(readFileSync(at(folder, file)), file).toEqual(readFileSync(at('out', file)));
    }
    expect(readdirSync(at('alone'))).not.toContain('embeddings.npy');
  });

  it('name what is missing and what to do', async () => {
    const options = { file: earlier(), out: at('other'), dataset: undefined, folders: undefined };
    await expect(exportTo(options)).rejects.toThrow('name “images” (30 images) with --dataset');
    const file = at('broken.safetensors');
    writeFileSync(file, readFileSync(options.file).subarray(0, 9000));
    await expect(exportTo({ ...options, file })).rejects.toThrow(
      /broken\.safetensors is cut short.*\. Nothing was written/,
    );
    expect(readdirSync(scratch.path)).not.toContain('other');
  });

  it('onnxruntime gives the features of the ONNX file, for any number of images', async () => {
    const session = await onnxRuntime.InferenceSession.create(new Uint8Array(readFileSync(at('out', 'encoder.onnx'))));
    const pixels = await pixelValues();
    for (const count of [30, 1]) {
      const part = pixels.subarray(0, count * 3 * SIDE ** 2);
      const { features, z, last_hidden_state, pooler_output } = await session.run({
        pixel_values: new onnxRuntime.Tensor('float32', part, [count, 3, SIDE, SIDE]),
      });
      expect(features!.dims).toEqual([count, FEATURES]);
      expect(z!.dims).toEqual([count, 16]);
      const expected = exported().subarray(0, count * FEATURES);
      for (const output of [features, last_hidden_state, pooler_output]) {
        expect(maxError(output!.data as Float32Array, expected)).toBeLessThan(AGREE);
      }
      const table = await parquetReadObjects({ file: await arrayBufferOf(at('out', 'embeddings.parquet')) });
      const expectedZ = Float32Array.from(table.slice(0, count).flatMap((row) => row.z as number[]));
      expect(maxError(z!.data as Float32Array, expectedZ)).toBeLessThan(AGREE);
    }
    await session.release();
  });

  it('transformers.js gives the features of the folder, offline', async () => {
    // Its Node build asks for onnxruntime-node, whose install script downloads; it takes another runtime from here.
    Object.assign(globalThis, { [Symbol.for('onnxruntime')]: onnxRuntime });
    const { env, pipeline, RawImage } = await import('@huggingface/transformers');
    env.allowRemoteModels = false;
    env.useWasmCache = false;
    const asked = vi.spyOn(globalThis, 'fetch');
    env.localModelPath = scratch.path;
    const extract = await pipeline('image-feature-extraction', 'out', { device: 'auto', dtype: 'fp32' });
    const { pixels, count } = await images();
    const pictures = Array.from({ length: count }, (_, i) =>
      new RawImage(
        new Uint8ClampedArray(pixels.slice(i * 4 * SIDE ** 2, (i + 1) * 4 * SIDE ** 2)),
        SIDE,
        SIDE,
        4,
      ).rgb(),
    );
    for (const pool of [true, false]) {
      const features = await extract(pictures, { pool });
      expect(features.dims).toEqual([count, FEATURES]);
      expect(maxError(features.data as Float32Array, exported())).toBeLessThan(AGREE);
    }
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('hyparquet reads the table, in the order of the other files', async () => {
    const rows = await parquetReadObjects({ file: await arrayBufferOf(at('out', 'embeddings.parquet')) });
    const csv = rows.map(({ path, class: name, split }) => `${path},${name},${split}\r\n`).join('');
    expect(`path,class,split\r\n${csv}`).toBe(readFileSync(at('out', 'embeddings.csv'), 'utf8'));
    expect(rows[0]?.path).toMatch(/^(images\/)?disc\/\d+\.png$/);
    expect(Float32Array.from(rows.flatMap(({ features }) => features as number[]))).toEqual(exported());
  });

  describeWithPython(['numpy'], 'NumPy', (run) => {
    it('reads the array', () => {
      const text = run(
        [
          '-c',
          `import numpy; a = numpy.load('out/embeddings.npy'); print(a.dtype, a.shape, a.flags.c_contiguous); a.tofile('numpy.f32')`,
        ],
        scratch.path,
      );
      expect(text.trim()).toBe('float32 (30, 24) True');
      expect(readFloats(at('numpy.f32'))).toEqual(exported());
    });
  });
});

describeOnEngines(['wasm'], 'encoder.safetensors of a ResNet-18', () => {
  describeWithPython(['torch'], 'PyTorch', (run) => {
    const scratch = scratchFolder('resnet18');
    afterAll(() => scratch.remove());

    it('loads it by the lines of the README and gives its features', async () => {
      const images = syntheticDataset(24);
      const config = smallRun({ backbone: 'resnet18', stemStride: 1, totalSteps: 1 });
      const engine = await startTestEngine('wasm');
      const trainer = new Trainer(images, config, [], () => undefined);
      await trainer.prepare();
      const weights = await encoderWeights(await saveRun(trainer, engine), trainer);
      trainer.dispose();
      writeFileSync(join(scratch.path, 'encoder.safetensors'), encoderFiles(weights).get('encoder.safetensors')!);
      const count = 4;
      const plain = new ImageSource(images, config).plain(Uint32Array.of(0, 1, 2, 3));
      writeFloats(join(scratch.path, 'x.f32'), channelsFirst(Float32Array.from(await plain.data<'float32'>()), count));
      plain.dispose();

      const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
      const lines = /```python\n(import json, struct, torch, torchvision[\s\S]*?)```/.exec(readme)?.[1] ?? '';
      expect(lines.trim().split('\n')).toHaveLength(12);
      run(
        [
          '-c',
          `${lines}
with open('x.f32', 'rb') as file:
    x = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(${count}, 3, ${SIDE}, ${SIDE})
with torch.no_grad():
    encoder(x).contiguous().numpy().tofile('features.f32')`,
        ],
        scratch.path,
      );
      const encoder = new FrozenEncoder(weights);
      const block = (await encoder.embed(images, { batch: count }).next()).value;
      encoder.dispose();
      expect(maxError(readFloats(join(scratch.path, 'features.f32')), block!.features.data)).toBeLessThan(AGREE);
    });
  });
});

async function arrayBufferOf(file: string): Promise<ArrayBuffer> {
  const bytes = readFileSync(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
