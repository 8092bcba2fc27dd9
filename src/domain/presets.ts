import { ALL_OPTIONS, hasOption, METHODS, type MethodName } from './methods/registry';
import type { SharedSettings } from './methods/sharedSettings';
import { type AugmentConfig, type DatasetChoice, type PresetName, type RunConfig, runConfigSchema } from './runConfig';

/** A preset as it is for every method. */
type Preset = SharedSettings &
  Pick<
    RunConfig,
    | 'preset'
    | 'engine'
    | 'precision'
    | 'seed'
    | 'imageSize'
    | 'backbone'
    | 'stemStride'
    | 'zeroInitResidual'
    | 'augment'
    | 'knn'
    | 'probe'
  > &
  // SimSiam's, unless a method has a default of its own.
  Pick<RunConfig, 'headBatchNorm'>;

/** The official augmentations (without blur, as the paper has it at 32 x 32). */
const PAPER_AUGMENT: AugmentConfig = {
  crop: { enabled: true, scaleMin: 0.2, scaleMax: 1, ratioMin: 3 / 4, ratioMax: 4 / 3 },
  flip: { enabled: true, probability: 0.5 },
  jitter: { enabled: true, probability: 0.8, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  grayscale: { enabled: true, probability: 0.2 },
  blur: { enabled: false, probability: 0.5, sigmaMin: 0.1, sigmaMax: 2 },
};

/**
 * The default. Its base lr of 0.5 is for runs of hundreds of steps on small images: the paper's 0.03 and 0.05 are for hundreds of
 * epochs and hardly move a small network in that time. BN on hidden layers only (Table 3) lets a collapse show as std going to 0.
 */
const SMALL: Preset = {
  preset: 'small',
  engine: 'auto',
  precision: 'f32',
  seed: 1,
  imageSize: 32,
  backbone: 'small',
  stemStride: 2,
  zeroInitResidual: true,
  headBatchNorm: 'hidden',
  outputDim: 256,
  projectorLayers: 3,
  projectorHidden: 256,
  batchSize: 64,
  totalSteps: 8000,
  baseLearningRate: 0.5,
  momentum: 0.9,
  weightDecay: 5e-4,
  schedule: 'cosine',
  augment: PAPER_AUGMENT,
  knn: { every: 400, k: 20, temperature: 0.1, bank: 2000, queries: 1000 },
  probe: { every: 25, images: 512 },
};

const PRESETS: Record<PresetName, Preset> = {
  small: SMALL,
  /** For software adapters and tests: at most 0.3 GFLOP a step. */
  tiny: {
    ...SMALL,
    preset: 'tiny',
    backbone: 'tiny',
    outputDim: 64,
    projectorLayers: 2,
    projectorHidden: 64,
    batchSize: 32,
    totalSteps: 1000,
    // Fewer images than elsewhere, so that measuring stays below a tenth of such small steps.
    knn: { every: 200, k: 20, temperature: 0.1, bank: 600, queries: 300 },
    probe: { every: 25, images: 256 },
  },
  /** ResNet-18 with the paper's heads, and a rate that learns in a short run. */
  resnet18: {
    ...SMALL,
    preset: 'resnet18',
    backbone: 'resnet18',
    stemStride: 1,
    headBatchNorm: 'outputAffine',
    outputDim: 2048,
    projectorLayers: 2,
    projectorHidden: 2048,
    batchSize: 256,
    baseLearningRate: 0.12,
    totalSteps: 4000,
  },
  /** App. D: CIFAR-10, 800 epochs of 50,000 images in batches of 512. */
  paper: {
    ...SMALL,
    preset: 'paper',
    backbone: 'resnet18',
    stemStride: 1,
    headBatchNorm: 'outputAffine',
    outputDim: 2048,
    projectorLayers: 2,
    projectorHidden: 2048,
    batchSize: 512,
    baseLearningRate: 0.03,
    totalSteps: 800 * Math.floor(50_000 / 512),
    knn: { every: 500, k: 200, temperature: 0.1, bank: 10_000, queries: 2000 },
  },
};

/** What a data set asks of the short-run presets; the `paper` preset stays the paper's on every data set. */
function forDataset(preset: Preset, dataset: DatasetChoice): Preset {
  const { augment } = preset;
  switch (dataset) {
    case 'fashion-mnist':
      // Grey pictures: saturation, hue and greyscale would change nothing.
      return {
        ...preset,
        augment: {
          ...augment,
          jitter: { ...augment.jitter, saturation: 0, hue: 0 },
          grayscale: { ...augment.grayscale, enabled: false },
        },
      };
    case 'emoji-3d':
      // Colour is most of what tells emoji apart.
      return {
        ...preset,
        baseLearningRate: Math.min(preset.baseLearningRate, 0.3),
        augment: {
          ...augment,
          jitter: { ...augment.jitter, hue: 0 },
          grayscale: { ...augment.grayscale, enabled: false },
        },
      };
    case 'folder':
      return preset;
    default:
      return dataset satisfies never;
  }
}

/** The settings of a method's own under a preset, and where it departs from the preset's. */
function methodSettings(method: MethodName, preset: Preset): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [name, { initial }] of ALL_OPTIONS) settings[name] = initial;
  if (hasOption(method, 'headBatchNorm')) settings.headBatchNorm = preset.headBatchNorm;
  return { ...settings, ...METHODS[method].defaults(preset, preset.preset === 'paper') };
}

/** The defaults of a preset on a data set and for a method; a link stores only what differs from them. */
export function presetConfig(
  preset: PresetName,
  dataset: DatasetChoice = 'fashion-mnist',
  method: MethodName = 'simsiam',
): RunConfig {
  const base = preset === 'paper' ? PRESETS.paper : forDataset(PRESETS[preset], dataset);
  return runConfigSchema.parse({ ...base, ...methodSettings(method, base), method, dataset });
}

/**
 * The same settings for another method: what is shared stays where it was changed by hand, the rest becomes the method's own.
 */
export function withMethod(config: RunConfig, method: MethodName): RunConfig {
  const before = new Map(Object.entries(presetConfig(config.preset, config.dataset, config.method)));
  const kept = Object.entries(config).filter(
    ([name, value]) => !ALL_OPTIONS.has(name) && name !== 'method' && !isSame(value, before.get(name)),
  );
  return runConfigSchema.parse({ ...presetConfig(config.preset, config.dataset, method), ...Object.fromEntries(kept) });
}

/** Groups of settings are plain data. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
