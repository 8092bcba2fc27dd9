import { beforeAll, describe, expect, it } from 'vitest';
import { readSample } from '../../scripts/node/loadDataset';
import type { ImageDataset } from '../../src/domain/imageDataset';
import type { Diagnosis, Measurement } from '../../src/domain/measurement';
import { presetConfig } from '../../src/domain/presets';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import { Trainer } from '../../src/engine/run/trainer';
import { describeOnEngines } from '../setup/engine';
import { inLongRun, sampleOf } from '../setup/matrix';

/** The tiny preset on Fashion-MNIST, without measurements that are not needed here. */
const TINY: RunConfig = { ...presetConfig('tiny'), knn: { ...presetConfig('tiny').knn, every: 0 } };
const STEPS = 200;

interface RunTrace {
  readonly loss: number[];
  /** In units of 1/sqrt(d): 1 is spread evenly over the sphere, 0 is one constant. */
  readonly spread: number[];
  readonly rank: number[];
  readonly diagnoses: Diagnosis[];
}

async function train(
  dataset: ImageDataset,
  settings: Partial<RunConfig>,
  { steps = STEPS, changes = [] }: { steps?: number; changes?: readonly LiveChange[] } = {},
): Promise<RunTrace> {
  const config = { ...TINY, ...settings };
  const measured: Measurement[] = [];
  const diagnoses: Diagnosis[] = [];
  const trainer = new Trainer(dataset, config, changes, ({ kind, value }) => {
    if (kind === 'measurements') measured.push(...value);
    else if (kind === 'diagnosis') diagnoses.push(value);
  });
  await trainer.start();
  for (let t = 0; t < steps; t++) await trainer.advance();
  await trainer.flush();
  trainer.dispose();
  const series = (name: 'loss' | 'outputStd' | 'effectiveRank') => measured.flatMap((m) => m[name] ?? []);
  return {
    loss: series('loss'),
    spread: series('outputStd').map((std) => std * Math.sqrt(config.outputDim)),
    rank: series('effectiveRank'),
    diagnoses,
  };
}

const last = (values: readonly number[]) => values[values.length - 1];

describeOnEngines(sampleOf(['wasm', 'webgpu']), 'what the paper says of collapse, on a tiny network', () => {
  let dataset: ImageDataset;
  beforeAll(async () => {
    dataset = await readSample('fashion-mnist', presetConfig('tiny'));
  });

  describe.each(sampleOf([1, 2, 3]))('BN on the hidden layers of the heads (Table 3, hidden-only), seed %i', (seed) => {
    it('with stop-gradient the output std keeps its level (Fig. 2)', async () => {
      const { spread, loss, diagnoses } = await train(dataset, { seed });
      const early = spread[9];
      for (const value of spread.slice(9)) {
        expect(value).toBeGreaterThan(0.8 * early);
        expect(value).toBeLessThan(1.2 * early);
      }
      expect(last(loss)).toBeLessThan(loss[0]);
      expect(diagnoses.map(({ state }) => state)).toEqual(['learning']);
    });

    it('without it all outputs become equal, and switching it on again does not undo that (Fig. 2)', async () => {
      const changes: LiveChange[] = [[STEPS, 'stopGradient', true]];
      const { spread, loss, diagnoses } = await train(
        dataset,
        { seed, stopGradient: false },
        { steps: STEPS + 100, changes },
      );
      expect(Math.min(...loss.slice(0, STEPS))).toBeLessThan(-0.99);
      expect(Math.min(...spread.slice(0, STEPS))).toBeLessThan(0.15);
      expect(diagnoses.map(({ state }) => state)).toContain('collapsed');
      // At a constant output the gradient is zero.
      expect(Math.max(...spread.slice(STEPS))).toBeLessThan(0.3);
      expect(diagnoses.at(-1)).toMatchObject({ state: 'stuck' });
    });

    inLongRun(() => {
      it('without a predictor it collapses even with stop-gradient (Table 1 a)', async () => {
        const { spread, loss, diagnoses } = await train(dataset, { seed, predictor: 'none' });
        expect(last(loss)).toBeLessThan(-0.98);
        expect(last(spread)).toBeLessThan(0.2);
        expect(diagnoses.map(({ state }) => state)).toContain('collapsed');
      });
    });
  });

  inLongRun(() => {
    describe("BN without affine on the projector's output (the official code)", () => {
      it('without stop-gradient the rank falls and the std stays: dimensional collapse', async () => {
        const on = await train(dataset, { headBatchNorm: 'output' });
        const off = await train(dataset, { headBatchNorm: 'output', stopGradient: false });
        expect(last(off.rank)).toBeLessThan(0.5 * last(on.rank));
        expect(Math.min(...off.spread)).toBeGreaterThan(0.5);
        const called = off.diagnoses.map(({ state }) => state);
        expect(called).toContain('dimensional');
        expect(called).not.toContain('collapsed');
        expect(on.diagnoses.map(({ state }) => state)).toEqual(['learning']);
      });
    });
  });
});
