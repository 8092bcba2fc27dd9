import type { MethodName } from '../../../domain/methods/registry';
import { withMethod } from '../../../domain/presets';
import { type RunConfig, runConfigSchema } from '../../../domain/runConfig';
import { seededRandom } from '../../random';

const METHODS: readonly MethodName[] = ['simsiam', 'byol', 'simclr'];
/** Factors of the method's own learning rate. */
const RATES = [1 / 3, 1, 3];
/** The smallest areas of crops. */
const AREAS = [0.08, 0.2, 0.5];
/** Factors of the batch; one is halved where its double does not fit. */
const BATCHES = [1, 2];

/** Steps that train on as many images as `images`; 1 or more. */
export function stepsFor({ batchSize }: Pick<RunConfig, 'batchSize'>, images: number): number {
  return Math.max(1, Math.round(images / batchSize));
}

/**
 * The person's settings, and others drawn from a grid around them: SimSiam, BYOL, SimCLR and their own method, a third, once and three times
 * the learning rate, other smallest areas of crops, and another batch. All else, as the backbone and the image size, is theirs; the length is
 * that with as many images.
 * @param count the most candidates, the person's settings included
 * @param fits whether a run of these settings can be trained on the images beside another run
 */
export function candidatesAround(own: RunConfig, count: number, fits: (config: RunConfig) => boolean): RunConfig[] {
  const imagesOfRun = own.totalSteps * own.batchSize;
  const others = gridAround(own, batchesFor(own, fits)).map((config): RunConfig => {
    const lasting = { ...config, totalSteps: stepsFor(config, imagesOfRun) };
    return config.batchSize === own.batchSize ? { ...config, totalSteps: own.totalSteps } : lasting;
  });
  const known = new Set([JSON.stringify(own)]);
  const usable = others.filter((config) => {
    const key = JSON.stringify(config);
    const isNew = !known.has(key);
    known.add(key);
    return isNew && runConfigSchema.safeParse(config).success && fits(config);
  });
  const drawn = seededRandom(own.seed, 'candidates').permutation(usable.length);
  return [own, ...Array.from(drawn.slice(0, count - 1), (i) => usable[i])];
}

/** Rounded to three digits, as a person would set it; their own stays as it is. */
function rateOf({ baseLearningRate }: RunConfig, factor: number): number {
  return factor === 1 ? baseLearningRate : Number((factor * baseLearningRate).toPrecision(3));
}

function batchesFor(own: RunConfig, fits: (config: RunConfig) => boolean): number[] {
  return BATCHES.map((factor) => {
    const batchSize = factor * own.batchSize;
    return factor === 1 || fits({ ...own, batchSize }) ? batchSize : Math.round(own.batchSize / factor);
  });
}

function gridAround(own: RunConfig, batches: readonly number[]): RunConfig[] {
  const areas = new Set([...AREAS, own.augment.crop.scaleMin]);
  const methods = new Set([...METHODS, own.method]);
  return [...methods].flatMap((method) => {
    const base = withMethod(own, method);
    const { crop } = base.augment;
    return RATES.flatMap((rate) =>
      [...areas].flatMap((scaleMin) =>
        batches.map((batchSize): RunConfig => {
          const isOwnCrop = scaleMin === crop.scaleMin;
          const augment = isOwnCrop ? base.augment : { ...base.augment, crop: { ...crop, enabled: true, scaleMin } };
          return { ...base, batchSize, baseLearningRate: rateOf(base, rate), augment };
        }),
      ),
    );
  });
}
