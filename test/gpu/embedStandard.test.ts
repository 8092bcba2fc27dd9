import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { embedTo } from '../../scripts/export/embedTo';
import { allImages } from '../../scripts/export/runOfCheckpoint';
import { ImageSource } from '../../src/engine/images/imageSource';
import { withPixels } from '../../src/engine/images/pictureCache';
import { readPreprocessor } from '../../src/engine/run/export/preprocessor';
import { readEncoder } from '../../src/engine/run/export/readEncoder';
import { maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';
import { drawn } from '../setup/hashedValues';
import { sampleOf } from '../setup/matrix';
import { describeWithPython, readFloats, scratchFolder, writeFloats } from '../setup/python';

const CONTINUE = join(import.meta.dirname, '../../continue');
const SCRIPT = join(import.meta.dirname, '../setup/pythonWithTorchvision/features.py');
const PICTURES = 20;
/** ImageNet's, as torchvision normalises. */
const NORMALISATION = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** Picture `i`: waves and noise, of a shape of its own. */
async function writePicture(file: string, i: number): Promise<void> {
  const [width, height] = [120 + ((i * 53) % 200), 120 + ((i * 91) % 170)];
  const [fast, slow, red, green] = drawn(`picture ${i}`, 4, [0.1, 0.03, 0.02]);
  const noise = drawn(`noise ${i}`, width * height * 3, [0, 0, 8]);
  const pixels = Uint8Array.from(noise, (value, at) => {
    const [channel, column, row] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    const wave = Math.sin(fast! * column * (1 + channel * red! * 9)) + Math.sin(slow! * row + 20 * green! * channel);
    return 128 + 50 * wave + value;
  });
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
}

/** The norm of the difference of two arrays, as a share of the norm of the second. */
function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!)) / Math.hypot(...b);
}

describeOnEngines(['wasm'], 'npm run embed with torchvision’s weights', () => {
  const cases = [
    { backbone: 'resnet18', imageSize: 96 },
    { backbone: 'resnet18', imageSize: 224 },
    { backbone: 'resnet50', imageSize: 224 },
  ] as const;
  for (const { backbone, imageSize } of sampleOf(cases)) {
    describeWithPython(['torch', 'torchvision', 'numpy', 'PIL'], `torchvision, ${backbone}, ${imageSize} px`, (run) => {
      const scratch = scratchFolder('embedStandard');
      const at = (name: string) => join(scratch.path, name);
      afterAll(() => scratch.remove());

      it('gives torchvision’s features of the same pixels', async () => {
        mkdirSync(at('pictures'));
        for (let i = 0; i < PICTURES; i++) await writePicture(at(`pictures/${i}.png`), i);
        run([SCRIPT, CONTINUE, backbone, 'weights'], scratch.path);
        const beside = { crop_size: imageSize, image_mean: NORMALISATION.mean, image_std: NORMALISATION.std };
        writeFileSync(at('preprocessor_config.json'), JSON.stringify(beside));
        const out = at('features.npy');
        await embedTo({ location: at('pictures'), weights: at('weights.safetensors'), out, batch: 5 });

        const preprocessor = readPreprocessor(JSON.stringify(beside));
        const { config } = readEncoder(readFileSync(at('weights.safetensors')), preprocessor).encoder;
        expect(config).toMatchObject({ backbone, stem: 'imagenet', imageSize });
        const images = await allImages(at('pictures'), config);
        const source = new ImageSource(images, config);
        const indices = Uint32Array.from({ length: images.count }, (_, i) => i);
        const plain = await withPixels(images, indices, () => source.plain(indices, NORMALISATION));
        writeFloats(at('x.f32'), Float32Array.from(await plain.data<'float32'>()));
        plain.dispose();
        const names = readFileSync(at('features.csv'), 'utf8').trim().split('\r\n').slice(1);
        expect(names).toHaveLength(PICTURES);
        const paths = names.map((line) => at(`pictures/${/(\d+\.png)/.exec(line)?.[1]}`));
        const options = [JSON.stringify(NORMALISATION), JSON.stringify(paths), String(imageSize)];
        run([SCRIPT, CONTINUE, backbone, 'features', ...options], scratch.path);

        const bytes = readFileSync(out);
        const start = 10 + bytes.readUInt16LE(8);
        const features = new Float32Array(
          bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length),
        );
        const [own, resized] = [readFloats(at('own.f32')), readFloats(at('resized.f32'))];
        const width = features.length / PICTURES;
        expect(maxError(features, own)).toBeLessThan(1e-4);
        // Another filter, and in two steps: less than half of how far the pictures are from each other.
        const others = Float32Array.from(features, (_, i) => features[(i + width) % features.length]!);
        expect(distance(features, resized)).toBeLessThan(distance(features, others) / 2);
        console.log(
          `${backbone}, ${imageSize} px: the network ${maxError(features, own).toExponential(1)}; with torchvision's resizing ${distance(features, resized).toFixed(3)} of the features' norm, to the next picture ${distance(features, others).toFixed(3)}`,
        );
      });
    });
  }
});
