import { expect, it } from 'vitest';
import { fromHalves } from '../../src/domain/halfPrecision';
import type { Measurement } from '../../src/domain/measurement';
import { type FrameImages, type OutputFrame, READINGS } from '../../src/domain/outputFrame';
import { presetConfig } from '../../src/domain/presets';
import { type LiveChange, liveSettingsOf, type RunConfig } from '../../src/domain/runConfig';
import { ImageSource } from '../../src/engine/images/imageSource';
import { createMethod } from '../../src/engine/methods/registry';
import { normaliseRows } from '../../src/engine/monitors/featureRows';
import { RunMonitors } from '../../src/engine/monitors/runMonitors';
import { Trainer } from '../../src/engine/run/trainer';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG: RunConfig = {
  ...presetConfig('tiny', 'folder'),
  outputDim: 16,
  projectorHidden: 16,
  predictorHidden: 8,
  batchSize: 16,
  totalSteps: 1000,
  knn: { every: 0, k: 5, temperature: 0.1, bank: 64, queries: 32 },
  probe: { every: 5, images: 48 },
};

const dataset = syntheticDataset(96);

async function framesOf(config: RunConfig, steps: number, changes: readonly LiveChange[] = [], allFrames = true) {
  const images: FrameImages[] = [];
  const frames: OutputFrame[] = [];
  const measured: Measurement[] = [];
  const order: string[] = [];
  const trainer = new Trainer(
    dataset,
    config,
    changes,
    ({ kind, value }) => {
      if (kind === 'frameImages') images.push(value);
      else if (kind === 'frame') frames.push(value);
      else if (kind === 'measurements') measured.push(...value);
      else return;
      order.push(kind);
    },
    { allFrames },
  );
  await trainer.start();
  for (let t = 0; t < steps; t++) await trainer.advance();
  await trainer.flush();
  trainer.dispose();
  return { images, frames, measured, order };
}

describeOnEngines(['webgpu', 'wasm'], 'frames of the outputs', () => {
  it('come at every probe, from the untrained network on, with the numbers that are measured', async () => {
    const { images, frames, measured, order } = await framesOf(CONFIG, 10);
    expect(images).toHaveLength(1);
    expect(order[0]).toBe('frameImages');
    expect(images[0]?.dimensions).toEqual({ z: 16, p: 16, features: 24 });
    expect(new Set(images[0]?.indices).size).toBe(48);
    expect([...images[0]!.labels]).toEqual(Array.from(images[0]!.indices, (index) => dataset.labels?.[index]));
    expect(frames.map(({ step }) => step)).toEqual([0, 5, 10]);
    const ranks = measured.filter(({ effectiveRank }) => effectiveRank !== undefined);
    expect(ranks.map(({ effectiveRank }) => effectiveRank)).toEqual(frames.map(({ z }) => z.effectiveRank));
    expect(ranks.map(({ backboneRank }) => backboneRank)).toEqual(frames.map(({ features }) => features.effectiveRank));
    for (const frame of frames) {
      for (const reading of READINGS) {
        const cloud = frame[reading]!;
        expect(cloud.points).toHaveLength(3 * 48);
        expect(cloud.share).toBeGreaterThan(0);
        expect(cloud.share).toBeLessThanOrEqual(1);
        expect(cloud.singularValues).toHaveLength(reading === 'features' ? 24 : 16);
      }
    }
  });

  it('are the same for the same seed', async () => {
    const [first, second] = [await framesOf(CONFIG, 10), await framesOf(CONFIG, 10)];
    expect(second.frames).toEqual(first.frames);
  });

  it('show the outputs themselves for d = 3, with p measured by the statistics of the fixed sample', async () => {
    const config = { ...CONFIG, outputDim: 3 };
    const method = createMethod(config, { count: 77 });
    const monitors = new RunMonitors(method, new ImageSource(dataset, config), config, () => false, null, 20);
    await monitors.probe(0, liveSettingsOf(config));
    const frame = monitors.frame()!;
    const { indices } = monitors.frameImages();
    const { z } = await monitors.embed(indices, 0);
    const unit = normaliseRows(z);
    fromHalves(frame.z.points).forEach((value, i) => {
      expect(value).toBeCloseTo(unit[i]!, 3);
    });
    expect(frame.z.share).toBe(1);
    // p of an image does not depend on which images are embedded with it.
    const other = new RunMonitors(method, new ImageSource(dataset, config), config, () => false, null, 48);
    await other.probe(0, liveSettingsOf(config));
    const again = fromHalves(other.frame()!.p!.points);
    fromHalves(frame.p!.points).forEach((value, i) => {
      expect(value).toBeCloseTo(again[i]!, 2);
    });
    monitors.dispose();
    other.dispose();
    method.dispose();
  });

  it('have no p while there is no predictor', async () => {
    const { frames } = await framesOf(CONFIG, 10, [[5, 'predictor', 'none']]);
    expect(frames.map(({ p }) => p !== null)).toEqual([true, true, false]);
    const none = await framesOf({ ...presetConfig('tiny', 'folder', 'barlowTwins'), ...small }, 0);
    expect(none.frames[0]?.p).toBeNull();
  });

  it('left out for their cost change no measurement', async () => {
    const [all, some] = [await framesOf(CONFIG, 15), await framesOf(CONFIG, 15, [], false)];
    // How often the speed is measured depends on the time.
    const values = ({ measured }: typeof all) =>
      measured.map(({ imagesPerSecond: _, ...rest }) => rest).filter((rest) => Object.keys(rest).length > 1);
    expect(values(some)).toEqual(values(all));
    expect(some.frames[0]).toEqual(all.frames[0]);
  });
});

const { batchSize, knn, probe, totalSteps } = CONFIG;
const small = { batchSize, knn, probe, totalSteps };

describeOnEngines(['wasm'], 'frames of a run', () => {
  it('show a collapse as one dot, and a healthy run as none', async () => {
    const config = { ...CONFIG, probe: { every: 40, images: 48 } };
    const healthy = await framesOf(config, 120);
    const collapsed = await framesOf({ ...config, stopGradient: false }, 120);
    expect(collapsed.frames.at(-1)?.z.meanCosine).toBeGreaterThan(0.99);
    expect(healthy.frames.at(-1)?.z.meanCosine).toBeLessThan(0.9);
    const points = fromHalves(collapsed.frames.at(-1)!.z.points);
    const [x, y, z] = points;
    for (let at = 0; at < points.length; at += 3) {
      expect(points[at]! * x! + points[at + 1]! * y! + points[at + 2]! * z!).toBeGreaterThan(0.95);
    }
  });
});
