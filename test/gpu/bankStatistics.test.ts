import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { indicesOf, TEST, TRAIN } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import { ImageSource } from '../../src/engine/images/imageSource';
import { createMethod } from '../../src/engine/methods/registry';
import { imageStatistics } from '../../src/engine/monitors/embedImages';
import { RunMonitors } from '../../src/engine/monitors/runMonitors';
import { statisticsByParameter } from '../../src/engine/network/nn/batchNorm';
import { disposeStatistics } from '../../src/engine/network/nn/statistics';
import { describeOnEngines } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { syntheticDataset } from '../setup/syntheticDataset';

const dataset = syntheticDataset(160);
const config = {
  ...presetConfig('tiny', 'folder'),
  outputDim: 32,
  projectorHidden: 32,
  knn: { every: 25, k: 10, temperature: 0.1, bank: 128, queries: 32 },
  probe: { every: 25, images: 32 },
};
const CHUNKS = [1, 8, 256] as const;

/** The largest difference divided by the largest value. */
function maxError(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let largest = 0;
  a.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(value - b[i]!));
    largest = Math.max(largest, Math.abs(value));
  });
  return difference / largest;
}

describeOnEngines(['webgpu', 'wasm', 'cpu'], 'images are measured with one set of BN statistics', (engine) => {
  const backbones = engine === 'cpu' ? (['tiny'] as const) : (['tiny', 'resnet18'] as const);

  for (const backbone of sampleOf(backbones, (name) => name === 'tiny')) {
    it(`${backbone}: features, kNN and retrieval for embedding chunks of 1, 8 and 256`, async () => {
      const source = new ImageSource(dataset);
      const method = createMethod({ ...config, backbone }, { count: 128 });
      const queries = indicesOf(dataset, TEST);
      const rows: { chunk: number; features: Float32Array; z: Float32Array; knn?: number; retrieval?: number }[] = [];
      const before = tf.memory().numTensors;
      for (const chunk of CHUNKS) {
        const monitors = new RunMonitors(method, source, { ...config, backbone }, () => false, null, chunk);
        const { features, z } = await monitors.embed(queries, 0);
        const { knn, viewRetrieval } = await monitors.accuracies(0);
        rows.push({ chunk, features: features.data, z: z.data, knn, retrieval: viewRetrieval });
        monitors.dispose();
      }
      expect(tf.memory().numTensors).toBe(before);
      const last = rows[rows.length - 1]!;
      console.table(
        rows.map(({ chunk, features, z, knn, retrieval }) => ({
          chunk,
          features: maxError(last.features, features),
          z: maxError(last.z, z),
          knn,
          retrieval,
        })),
      );
      for (const { features, z, knn, retrieval } of rows) {
        expect(maxError(last.features, features)).toBeLessThan(1e-5);
        expect(maxError(last.z, z)).toBeLessThan(1e-5);
        expect([knn, retrieval]).toEqual([last.knn, last.retrieval]);
      }
      method.dispose();
    }, 120_000);
  }

  it('the statistics are those of one pass over all images, by parameter name', async () => {
    const source = new ImageSource(dataset);
    const method = createMethod(config, { count: 128 });
    const sample = indicesOf(dataset, TRAIN).slice(0, 50);
    const [whole, parts] = await Promise.all(
      [50, 7].map(async (chunk) => {
        const statistics = imageStatistics(method, source, sample, chunk);
        const named = await statisticsByParameter(statistics);
        disposeStatistics(statistics);
        return named;
      }),
    );
    const names = [...method.parameters.moving.keys()].filter((name) => !name.startsWith('predictor.'));
    expect([...whole!.keys()].sort()).toEqual(names.sort());
    for (const [name, values] of whole!) expect(maxError(values, parts!.get(name)!), name).toBeLessThan(2e-5);
    method.dispose();
  });

  it('with these statistics a pass over the sample gives what a pass with its own statistics gives', async () => {
    const source = new ImageSource(dataset);
    const method = createMethod(config, { count: 128 });
    const sample = indicesOf(dataset, TRAIN).slice(0, 50);
    const statistics = imageStatistics(method, source, sample, 50);
    const images = source.plain(sample);
    const own = tf.tidy(() => method.embed(images, 'measure').z);
    const given = tf.tidy(() => method.embed(images, statistics).z);
    expect(maxError((await own.data()) as Float32Array, (await given.data()) as Float32Array)).toBeLessThan(1e-5);
    tf.dispose([images, own, given]);
    disposeStatistics(statistics);
    method.dispose();
  });
});
