import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as onnxRuntime from 'onnxruntime-web';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { encoderFiles } from '../../src/engine/run/export/encoderFiles';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { maxError } from '../fixtures/golden';
import { drawnEncoder } from '../setup/encoders';
import { describeOnEngines } from '../setup/engine';
import { drawn } from '../setup/hashedValues';
import { sampleOf } from '../setup/matrix';
import { describeWithPython, readFloats, scratchFolder, writeFloats } from '../setup/python';

const CONTINUE = join(import.meta.dirname, '../../continue');
const COUNT = 2;
const SIDE = 64;
/** The largest difference of another reader's features, as a share of the largest feature. */
const AGREE = 1e-4;

describeOnEngines(['wasm'], 'exports with the ImageNet stem', () => {
  for (const backbone of sampleOf(['resnet18', 'resnet34', 'resnet50'] as const)) {
    const scratch = scratchFolder(backbone);
    const pixels = Uint8Array.from(drawn('pixels', COUNT * SIDE * SIDE * 3, [128, 128, 127]));
    let expected: Float32Array;

    beforeAll(async () => {
      const weights = drawnEncoder({ backbone, stem: 'imagenet', imageSize: SIDE });
      for (const [path, content] of encoderFiles(weights)) {
        const file = join(scratch.path, 'model', path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      const { mean, std } = weights.normalisation;
      const views = Float32Array.from(pixels, (value, i) => (value / 255 - mean[i % 3]!) / std[i % 3]!);
      const area = SIDE * SIDE;
      const channelsFirst = Float32Array.from({ length: views.length }, (_, i) => {
        const [image, channel, pixel] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3, i % area];
        return views[(image * area + pixel) * 3 + channel]!;
      });
      writeFloats(join(scratch.path, 'model', 'x.f32'), channelsFirst);
      const encoder = new FrozenEncoder(weights);
      const x = tf.tensor4d(views, [COUNT, SIDE, SIDE, 3]);
      expected = (await encoder.embedViews(x, weights.normalisation, 1000, async () => undefined)).data;
      x.dispose();
      encoder.dispose();
      // Different for different images, so that a constant does not pass.
      const half = expected.length / 2;
      expect(maxError(expected.subarray(0, half), expected.subarray(half))).toBeGreaterThan(0.01);
    });
    afterAll(() => scratch.remove());

    describeWithPython(['torch', 'torchvision', 'numpy'], `PyTorch, ${backbone}`, (run) => {
      const features = () => readFloats(join(scratch.path, 'model', 'features.f32'));

      it('torchvision’s network takes encoder.safetensors, only its classifier is missing', () => {
        const printed = run(
          [
            '-c',
            `import sys, numpy, torch, torchvision
sys.path.insert(0, sys.argv[1])
import safetensors_file
tensors, _ = safetensors_file.read(open('encoder.safetensors', 'rb').read())
encoder = torchvision.models.${backbone}()
print(encoder.load_state_dict(tensors, strict=False))
encoder.fc = torch.nn.Identity()
encoder.eval()
x = torch.from_numpy(numpy.fromfile('x.f32', numpy.float32)).reshape(${COUNT}, 3, ${SIDE}, ${SIDE})
with torch.no_grad():
    encoder(x).numpy().tofile('features.f32')`,
            CONTINUE,
          ],
          join(scratch.path, 'model'),
        );
        expect(printed).toContain("missing_keys=['fc.weight', 'fc.bias'], unexpected_keys=[]");
        expect(maxError(features(), expected)).toBeLessThan(AGREE);
      });

      it('a network of Hugging Face’s names takes model.safetensors by config.json', () => {
        const script = join(import.meta.dirname, '../setup/python/resnet_model.py');
        run([script, CONTINUE, String(COUNT), String(SIDE)], join(scratch.path, 'model'));
        expect(maxError(features(), expected)).toBeLessThan(AGREE);
      });
    });

    it(`onnxruntime takes encoder.onnx: ${backbone}`, async () => {
      const session = await onnxRuntime.InferenceSession.create(join(scratch.path, 'model', 'encoder.onnx'));
      const x = new onnxRuntime.Tensor('float32', readFloats(join(scratch.path, 'model', 'x.f32')), [
        COUNT,
        3,
        SIDE,
        SIDE,
      ]);
      const { features } = await session.run({ pixel_values: x });
      expect(maxError(features!.data as Float32Array, expected)).toBeLessThan(AGREE);
      await session.release();
    });

    // The runtime was started by the test before, so that transformers.js does not look for it elsewhere.
    it(`transformers.js takes the folder, offline: ${backbone}`, async () => {
      Object.assign(globalThis, { [Symbol.for('onnxruntime')]: onnxRuntime });
      const { env, pipeline, RawImage } = await import('@huggingface/transformers');
      env.allowRemoteModels = false;
      env.useWasmCache = false;
      const asked = vi.spyOn(globalThis, 'fetch');
      env.localModelPath = scratch.path;
      const extract = await pipeline('image-feature-extraction', 'model', { device: 'auto', dtype: 'fp32' });
      const pictures = Array.from(
        { length: COUNT },
        (_, i) =>
          new RawImage(new Uint8ClampedArray(pixels.slice(i * 3 * SIDE ** 2, (i + 1) * 3 * SIDE ** 2)), SIDE, SIDE, 3),
      );
      const features = await extract(pictures, { pool: true });
      expect(features.dims).toEqual([COUNT, expected.length / COUNT]);
      expect(maxError(features.data as Float32Array, expected)).toBeLessThan(AGREE);
      expect(asked).not.toHaveBeenCalled();
      asked.mockRestore();
    });
  }
});
