import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { indicesOf, TEST, TRAIN } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import { liveSettingsOf } from '../../src/domain/runConfig';
import { ImageSource } from '../../src/engine/images/imageSource';
import { createMethod } from '../../src/engine/methods/registry';
import { imageStatistics } from '../../src/engine/monitors/embedImages';
import { nearestNeighbours } from '../../src/engine/monitors/neighbours';
import { RunMonitors } from '../../src/engine/monitors/runMonitors';
import { statisticsByParameter } from '../../src/engine/network/nn/batchNorm';
import { disposeStatistics } from '../../src/engine/network/nn/statistics';
import { describeOnEngines, type TestEngine } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { syntheticDataset } from '../setup/syntheticDataset';

const config = {
  ...presetConfig('tiny', 'folder'),
  outputDim: 32,
  projectorHidden: 32,
  knn: { every: 25, k: 10, temperature: 0.1, bank: 128, queries: 32 },
  probe: { every: 25, images: 32 },
};

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

/** tfjs's CPU backend takes most of a minute here, and other tests compare the engines' kernels with it. */
const ENGINES = sampleOf<TestEngine>(['webgpu', 'wasm', 'cpu'], (engine) => engine !== 'cpu');

describeOnEngines(ENGINES, 'images are measured with one set of BN statistics', (engine) => {
  // tfjs's CPU backend takes a second for a few dozen images.
  const dataset = syntheticDataset(engine === 'cpu' ? 20 : 160);
  const backbones = engine === 'cpu' ? (['tiny'] as const) : (['tiny', 'resnet18'] as const);

  for (const backbone of sampleOf(backbones, (name) => name === 'tiny')) {
    it(`${backbone}: features, kNN and retrieval for embedding chunks of 1, 8 and 256`, async () => {
      const source = new ImageSource(dataset, config);
      const method = createMethod({ ...config, backbone }, { count: 128 });
      const queries = indicesOf(dataset, TEST);
      const rows: { chunk: number; features: Float32Array; z: Float32Array; knn?: number; retrieval?: number }[] = [];
      const before = tf.memory().numTensors;
      for (const chunk of engine === 'cpu' ? [5, 256] : [1, 8, 256]) {
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
    });
  }

  it('the statistics are those of one pass over all images, by parameter name', async () => {
    const source = new ImageSource(dataset, config);
    const method = createMethod(config, { count: 128 });
    const sample = indicesOf(dataset, TRAIN).slice(0, engine === 'cpu' ? 12 : 50);
    const [whole, parts] = await Promise.all(
      [50, 5].map(async (chunk) => {
        const statistics = imageStatistics(method, source, sample, chunk);
        const named = await statisticsByParameter(statistics);
        disposeStatistics(statistics);
        return named;
      }),
    );
    const names = [...method.parameters.moving.keys()];
    expect([...whole!.keys()].sort()).toEqual(names.sort());
    for (const [name, values] of whole!) {
      // A mean counts beside the standard deviation: it may be near 0 itself.
      const variance = whole!.get(name.replace('moving_mean', 'moving_variance'))!;
      const scale = name.endsWith('mean') ? Math.sqrt(Math.max(...variance)) : Math.max(...variance);
      const error = Math.max(...values.map((value, i) => Math.abs(value - parts!.get(name)![i]!)));
      expect(error / scale, name).toBeLessThan(2e-5);
    }
    method.dispose();
  });

  it('a query from outside the probe and the images searched are embedded with the same weights', async () => {
    const method = createMethod(config, { count: 128 });
    const settings = { ...config, probe: { every: 25, images: 16 } };
    const live = liveSettingsOf(config);
    const monitors = new RunMonitors(method, new ImageSource(dataset, config), settings, () => false);
    await monitors.probe(0, live);
    const known = monitors.neighbours()!;
    expect(known).toMatchObject({ step: 0, searched: 16 });
    // Training changes the weights: here they become those of another seed.
    const other = createMethod({ ...config, seed: 99 }, { count: 128 });
    const weights = other.parameters.snapshot();
    method.parameters.restore(weights);
    const inside = known.backbone.map(({ query }) => query);
    await monitors.setQueries(inside.slice(0, 1), 7, live);
    expect(monitors.neighbours()?.step).toBe(0);
    const outside = indicesOf(dataset, TEST)[0]!;
    await monitors.setQueries([outside, ...inside], 7, live);
    const now = monitors.neighbours()!;
    expect(now).toMatchObject({ step: 7, searched: 17 });
    const similarities = (snapshot: typeof now, query: number) =>
      snapshot.backbone.find((row) => row.query === query)!.neighbours.map(({ similarity }) => similarity);
    expect(similarities(now, inside[0]!)).not.toEqual(similarities(known, inside[0]!));
    expect(now.backbone[0]?.query).toBe(outside);
    tf.dispose([...weights.values()]);
    monitors.dispose();
    method.dispose();
    other.dispose();
  });

  it('a search of all images finds the nearest of all, for queries from inside and outside the probe', async () => {
    const method = createMethod(config, { count: 128 });
    const chunk = engine === 'cpu' ? 8 : 32;
    const settings = { ...config, probe: { every: 25, images: 16 } };
    const monitors = new RunMonitors(method, new ImageSource(dataset, config), settings, () => false, null, chunk);
    await monitors.probe(0, liveSettingsOf(config));
    const inside = monitors.neighbours()!.backbone[0]!.query;
    const queries = [indicesOf(dataset, TEST)[1]!, inside, dataset.count - 1];
    await monitors.setQueries(queries, 0, liveSettingsOf(config));
    const found = await monitors.searchAll(0, async () => undefined);
    expect(found).toMatchObject({ step: 0, searched: dataset.count });
    const all = await monitors.embed(
      Uint32Array.from({ length: dataset.count }, (_, i) => i),
      0,
    );
    expect(found?.backbone).toEqual(nearestNeighbours(all.features, queries, 6));
    expect(found?.z).toEqual(nearestNeighbours(all.z, queries, 6));
    monitors.dispose();
    method.dispose();
  });

  it('with these statistics a pass over the sample gives what a pass with its own statistics gives', async () => {
    const source = new ImageSource(dataset, config);
    const method = createMethod(config, { count: 128 });
    const sample = indicesOf(dataset, TRAIN).slice(0, engine === 'cpu' ? 12 : 50);
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
