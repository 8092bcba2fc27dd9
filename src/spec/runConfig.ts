import { z } from 'zod';
import { SAMPLE_IDS } from './imageDataset';

export const PRESET_NAMES = ['tiny', 'small', 'resnet18', 'paper'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const METHOD_NAMES = ['simsiam'] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

export const ENGINE_CHOICES = ['auto', 'webgpu', 'webgl', 'wasm'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

export const DATASET_CHOICES = [...SAMPLE_IDS, 'folder'] as const;
export type DatasetChoice = (typeof DATASET_CHOICES)[number];

export const PREDICTOR_MODES = ['trained', 'none', 'fixed'] as const;
export type PredictorMode = (typeof PREDICTOR_MODES)[number];

/**
 * Where BatchNorm stands in the two heads (Table 3): `none`; `hidden` layers only; hidden and the projector's output,
 * `output` without affine as in the official code, `outputAffine` with it as in the paper; `all`, the predictor's output too.
 */
export const HEAD_BATCH_NORMS = ['none', 'hidden', 'output', 'outputAffine', 'all'] as const;
export type HeadBatchNorm = (typeof HEAD_BATCH_NORMS)[number];

export const BACKBONE_NAMES = ['tiny', 'small', 'resnet18'] as const;
export type BackboneName = (typeof BACKBONE_NAMES)[number];

const unit = z.number().min(0).max(1);

export const augmentSchema = z.strictObject({
  /** RandomResizedCrop: area share drawn from [scaleMin, scaleMax], aspect ratio log-uniform in [ratioMin, ratioMax]. */
  crop: z.strictObject({
    enabled: z.boolean(),
    scaleMin: z.number().min(0.01).max(1),
    scaleMax: z.number().min(0.01).max(1),
    ratioMin: z.number().min(0.1).max(1),
    ratioMax: z.number().min(1).max(10),
  }),
  flip: z.strictObject({ enabled: z.boolean(), probability: unit }),
  /** ColorJitter with its four steps in random order; hue in turns. */
  jitter: z.strictObject({
    enabled: z.boolean(),
    probability: unit,
    brightness: unit,
    contrast: unit,
    saturation: unit,
    hue: z.number().min(0).max(0.5),
  }),
  grayscale: z.strictObject({ enabled: z.boolean(), probability: unit }),
  /** Gaussian blur, sigma in pixels. */
  blur: z.strictObject({
    enabled: z.boolean(),
    probability: unit,
    sigmaMin: z.number().min(0.05).max(4),
    sigmaMax: z.number().min(0.05).max(4),
  }),
});
export type AugmentConfig = z.infer<typeof augmentSchema>;

/** A whole run, but for its data: with the same data, adapter and engine it gives the same loss series. */
export const runConfigSchema = z.strictObject({
  preset: z.enum(PRESET_NAMES),
  dataset: z.enum(DATASET_CHOICES),
  method: z.enum(METHOD_NAMES),
  engine: z.enum(ENGINE_CHOICES),
  seed: z.int().min(0).max(0x7fffffff),
  /** Side in pixels at which images are stored and trained on. */
  imageSize: z.union([z.literal(32), z.literal(64)]),

  backbone: z.enum(BACKBONE_NAMES),
  /** Stride of the first convolution; 2 quarters the cost of everything after it. */
  stemStride: z.union([z.literal(1), z.literal(2)]),
  /** Last BN scale of each residual block starts at zero (App. A). */
  zeroInitResidual: z.boolean(),

  stopGradient: z.boolean(),
  predictor: z.enum(PREDICTOR_MODES),
  headBatchNorm: z.enum(HEAD_BATCH_NORMS),
  similarity: z.enum(['cosine', 'crossEntropy']),
  symmetric: z.boolean(),
  /** d, the dimension of z and p. */
  outputDim: z.int().min(2).max(4096),
  projectorLayers: z.union([z.literal(2), z.literal(3)]),
  projectorHidden: z.int().min(2).max(4096),
  predictorHidden: z.int().min(1).max(4096),

  batchSize: z.int().min(4).max(4096),
  /** Length of the run in steps, and of the cosine. */
  totalSteps: z.int().min(1).max(10_000_000),
  /** lr = baseLearningRate x batchSize / 256. */
  baseLearningRate: z.number().min(0).max(100),
  momentum: z.number().min(0).max(0.9999),
  weightDecay: z.number().min(0).max(1),
  schedule: z.enum(['cosine', 'constant']),
  fixPredictorLr: z.boolean(),

  augment: augmentSchema,

  /** Weighted kNN vote on backbone features, every `every` steps (0: never). */
  knn: z.strictObject({
    every: z.int().min(0).max(1_000_000),
    k: z.int().min(1).max(1000),
    temperature: z.number().min(0.001).max(10),
    /** At most this many labelled training images vote, and this many test images are classified. */
    bank: z.int().min(1).max(100_000),
    queries: z.int().min(1).max(100_000),
  }),
  /** Ranks and neighbours of `images` fixed training images, every `every` steps (0: never). */
  probe: z.strictObject({ every: z.int().min(0).max(1_000_000), images: z.int().min(16).max(4096) }),
});
export type RunConfig = z.infer<typeof runConfigSchema>;

/** Settings that may change while a run goes on; the change takes effect at the next step. */
export const liveSchema = z.strictObject({
  stopGradient: runConfigSchema.shape.stopGradient,
  predictor: runConfigSchema.shape.predictor,
  baseLearningRate: runConfigSchema.shape.baseLearningRate,
});
export type LiveSettings = z.infer<typeof liveSchema>;
export type LiveKey = keyof LiveSettings;
export type LiveValue = LiveSettings[LiveKey];
export const LIVE_KEYS = ['stopGradient', 'predictor', 'baseLearningRate'] as const satisfies readonly LiveKey[];

/** A change made in flight: before the update that follows step `[0]`, `[1]` became `[2]`. */
export type LiveChange = readonly [step: number, key: LiveKey, value: LiveValue];

/** @throws ZodError when the value does not fit the key. */
export function parseLiveChange(change: unknown): LiveChange {
  const [step, key, value] = z.tuple([z.int().min(0), z.enum(LIVE_KEYS), z.unknown()]).parse(change);
  return [step, key, liveSchema.shape[key].parse(value)];
}

/** Combinations the schema alone cannot rule out, in words a person can act on; empty when the config is sound. */
export function configProblems(config: RunConfig): string[] {
  const problems: string[] = [];
  const { crop, blur } = config.augment;
  if (crop.scaleMin > crop.scaleMax) problems.push('augment.crop.scaleMin is above augment.crop.scaleMax: lower it.');
  if (blur.sigmaMin > blur.sigmaMax) problems.push('augment.blur.sigmaMin is above augment.blur.sigmaMax: lower it.');
  return problems;
}
