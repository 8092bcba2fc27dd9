import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../src/domain/imageDataset';
import { augmentBatch } from '../../src/engine/augment/augmentBatch';
import { packPictures } from '../../src/engine/augment/packPictures';
import { AUGMENT_COLUMNS, PLACE_COLUMNS, unchangedParams } from '../../src/engine/kernels/augment/params';
import { decode, type GoldenTensor, loadGolden, maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';
import { bytesOf, expectBoxes, type GoldenBoxes, type GoldenCrop, packedImage } from '../setup/goldenCrops';
import { placedPictures } from '../setup/placedPictures';

interface Golden {
  pictures: { image: GoldenTensor; crop_resize: GoldenCrop[] }[];
  rrc_distribution: GoldenBoxes[];
}

const golden = loadGolden<Golden>('wholePictures');

/** Leaves the values in [0, 1]. */
const normalisation = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

function paramsOf({ top, left, height, width }: GoldenCrop): Float32Array {
  const row = unchangedParams(1, height, width);
  row.set([top, left]);
  return row;
}

describeOnEngines(['cpu', 'webgpu', 'wasm'], 'crops of whole pictures', (engine) => {
  it.each(golden.pictures)('are those of torch, of $image.shape', async ({ image, crop_resize }) => {
    for (const crop of crop_resize) {
      const packed = packedImage(image);
      const params = tf.tensor2d(paramsOf(crop), [1, AUGMENT_COLUMNS]);
      const { size, antialias, out } = crop;
      const views = augmentBatch(packed, params, { normalisation, blur: false, size, antialias });
      expect(views.shape).toEqual([1, ...out.shape]);
      const error = maxError(await views.data(), decode(out));
      expect(error, JSON.stringify({ ...crop, out: null })).toBeLessThan(1e-5);
      tf.dispose([packed, params, views]);
    }
  });

  it('are the same in a batch of pictures of several shapes', async () => {
    const shapes = golden.pictures.map(({ image }) => image.shape);
    const heights = Uint16Array.from(shapes, ([height]) => height);
    const widths = Uint16Array.from(shapes, ([, width]) => width);
    const places = placesOf(widths, heights);
    const pixels = Uint8Array.from(golden.pictures.flatMap(({ image }) => [...bytesOf(image)]));
    const [height, width] = [Math.max(...heights), Math.max(...widths)];
    // The plain ops need each picture in a part of its own.
    const packed = packPictures(placedPictures(pixels, places), [1, 0], engine === 'cpu' ? [height, width] : null);
    const shape = engine === 'cpu' ? [2, height, width] : [packed.pixels.length];
    const device = {
      pixels: tf.tensor(packed.pixels, shape, 'int32'),
      places: tf.tensor2d(packed.places, [2, PLACE_COLUMNS], 'int32'),
      height,
      width,
    };
    const sizes = golden.pictures[0].crop_resize.filter(({ antialias }) => antialias).map(({ size }) => String(size));
    for (const wanted of new Set(sizes)) {
      const crops = [1, 0].map((i) =>
        golden.pictures[i].crop_resize.find(({ size, antialias }) => antialias && String(size) === wanted),
      );
      const [first, second] = crops;
      // The size of the whole picture differs.
      if (first === undefined || second === undefined) continue;
      const params = tf.tensor2d([...paramsOf(first), ...paramsOf(second)], [2, AUGMENT_COLUMNS]);
      const views = augmentBatch(device, params, { normalisation, blur: false, size: first.size, antialias: true });
      const values = await views.data();
      const half = values.length / 2;
      expect(maxError(values.subarray(0, half), decode(first.out)), wanted).toBeLessThan(1e-5);
      expect(maxError(values.subarray(half), decode(second.out)), wanted).toBeLessThan(1e-5);
      tf.dispose([params, views]);
    }
    tf.dispose([device.pixels, device.places]);
  });
});

describe('random resized crop of whole pictures', () => {
  it.each(golden.rrc_distribution)('is distributed like torchvision, $image, scale $scale, ratio $ratio', expectBoxes);
});
