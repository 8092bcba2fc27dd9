import { z } from 'zod';
import { BACKBONE_NAMES, backboneOptionShape } from './backbones/registry';
import { SAMPLE_IDS } from './imageDataset';
import { ALL_OPTIONS, hasOption, liveOptionShape, METHOD_NAMES, METHODS, optionShape } from './methods/registry';
import { sharedSettings } from './methods/sharedSettings';

export const PRESET_NAMES = ['tiny', 'small', 'resnet18', 'paper'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const ENGINE_CHOICES = ['auto', 'webgpu', 'webgl', 'wasm'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

export const PRECISIONS = ['f32', 'f16'] as const;
export type Precision = (typeof PRECISIONS)[number];

export const DATASET_CHOICES = [...SAMPLE_IDS, 'folder'] as const;
export type DatasetChoice = (typeof DATASET_CHOICES)[number];

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
  /** 'f16' lets convolutions on WebGPU keep what they multiply in half precision; sums stay in f32. Runs kept before it was a setting had f32. */
  precision: z.enum(PRECISIONS).default('f32'),
  seed: z.int().min(0).max(0x7fffffff),
  /** Side in pixels at which images are stored and trained on. */
  imageSize: z.union([z.literal(32), z.literal(64)]),

  backbone: z.enum(BACKBONE_NAMES),
  ...backboneOptionShape,

  ...optionShape,
  ...sharedSettings,

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
  ...liveOptionShape,
  baseLearningRate: sharedSettings.baseLearningRate,
});
export type LiveSettings = z.infer<typeof liveSchema>;
export type LiveKey = keyof LiveSettings;
export type LiveValue = LiveSettings[LiveKey];
export const LIVE_KEYS = Object.keys(liveSchema.shape) as LiveKey[];

/** What may change in flight, as the run begins with it. */
export function liveSettingsOf(config: RunConfig): LiveSettings {
  return z.object(liveSchema.shape).parse(config);
}

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
  const values = new Map<string, unknown>(Object.entries(config));
  for (const [name, { label, initial }] of ALL_OPTIONS) {
    if (hasOption(config.method, name) || values.get(name) === initial) continue;
    problems.push(`${METHODS[config.method].title} has no setting “${label}” (${name}): leave it out.`);
  }
  return [...problems, ...METHODS[config.method].problems(config)];
}
