import type { MethodName } from '../../src/domain/methods/registry';
import { presetConfig, withMethod } from '../../src/domain/presets';
import type { DatasetChoice, RunConfig } from '../../src/domain/runConfig';
import { seededRandom } from '../../src/engine/random';

const METHODS: readonly MethodName[] = ['simsiam', 'byol', 'simclr'];
/** Factors of the method's own learning rate. */
const RATES = [1 / 3, 1, 3];
/** The smallest areas of crops. */
const AREAS = [0.08, 0.2, 0.5];
const BATCHES = [32, 64];

/** The settings of the preset, and `count` - 1 others drawn from the grid. */
export function candidates(dataset: DatasetChoice, seed: number, count: number): RunConfig[] {
  const preset = { ...presetConfig('tiny', dataset), seed };
  const grid = METHODS.flatMap((method) =>
    RATES.flatMap((rate) =>
      AREAS.flatMap((scaleMin) =>
        BATCHES.map((batchSize): RunConfig => {
          const base = withMethod(preset, method);
          const { crop } = base.augment;
          const augment = { ...base.augment, crop: { ...crop, scaleMin } };
          return { ...base, batchSize, baseLearningRate: rate * base.baseLearningRate, augment };
        }),
      ),
    ),
  );
  const isPreset = (config: RunConfig) => JSON.stringify(config) === JSON.stringify(preset);
  const others = grid.filter((config) => !isPreset(config));
  const drawn = seededRandom(seed, 'candidates').permutation(others.length);
  return [preset, ...Array.from(drawn.slice(0, count - 1), (i) => others[i])];
}

/** What tells a candidate from the preset. */
export function wordsOf({ method, baseLearningRate, batchSize, augment }: RunConfig): string {
  return `${method}, rate ${baseLearningRate.toPrecision(2)}, batch ${batchSize}, crops from ${augment.crop.scaleMin}`;
}
