import { SAMPLE_VERSIONS } from './imageDataset';
import { FEWEST_IMAGES } from './imagesOfRun';
import { ALL_OPTIONS, hasOption, METHODS } from './methods/registry';
import { microBatchSize, SMALLEST_PART } from './microBatch';
import { AUGMENT } from './settings/augment';
import { SETTING_LIST, SETTINGS } from './settings/registry';
import { type ShapeOf, shapeOf } from './settings/tree';
import { z } from './zod';

/** All settings of a run. With the same data, adapter and engine, the same config gives the same loss series. */
export const runConfigSchema = z.strictObject(shapeOf(SETTINGS));
export type RunConfig = z.infer<typeof runConfigSchema>;

export const augmentSchema = z.strictObject(shapeOf(AUGMENT));
export type AugmentConfig = z.infer<typeof augmentSchema>;

export type PresetName = RunConfig['preset'];
export type EngineChoice = RunConfig['engine'];
export type Precision = RunConfig['precision'];
export type DatasetChoice = RunConfig['dataset'];
export type HoldOut = RunConfig['holdOut'];
export type LabelRule = RunConfig['labelRule'];

type LiveShape = Pick<
  ShapeOf<typeof SETTINGS>,
  {
    [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends { readonly live: true } ? K : never;
  }[keyof typeof SETTINGS]
>;

const LIVE_PATHS = new Set(SETTING_LIST.filter(([, { live }]) => live).map(([path]) => path));

/** Settings that may change during a run; a change takes effect at the next step. */
export const liveSchema = z.strictObject(
  Object.fromEntries(Object.entries(runConfigSchema.shape).filter(([key]) => LIVE_PATHS.has(key))) as LiveShape,
);
export type LiveSettings = z.infer<typeof liveSchema>;
export type LiveKey = keyof LiveSettings;
export type LiveValue = LiveSettings[LiveKey];
export const LIVE_KEYS = Object.keys(liveSchema.shape) as LiveKey[];

/** The live settings of a config, i.e. those that may change in flight. */
export function liveSettingsOf(config: RunConfig): LiveSettings {
  return z.object(liveSchema.shape).parse(config);
}

/** A change in flight: after `step` updates, before the next one, the setting `key` became `value`. */
export type LiveChange = readonly [step: number, key: LiveKey, value: LiveValue];

/** @throws ZodError when the value does not fit the key. */
export function parseLiveChange(change: unknown): LiveChange {
  const [step, key, value] = z.tuple([z.int().min(0), z.enum(LIVE_KEYS), z.unknown()]).parse(change);
  return [step, key, liveSchema.shape[key].parse(value)];
}

/** Invalid combinations of settings, which the schema cannot express, each with what to change; empty when the config is valid. */
export function configProblems(config: RunConfig): string[] {
  const problems: string[] = [];
  const { crop, blur } = config.augment;
  if (crop.scaleMin > crop.scaleMax) problems.push('augment.crop.scaleMin is above augment.crop.scaleMax: lower it.');
  if (blur.sigmaMin > blur.sigmaMax) problems.push('augment.blur.sigmaMin is above augment.blur.sigmaMax: lower it.');
  const newest = config.dataset === 'folder' ? config.sample : SAMPLE_VERSIONS[config.dataset];
  if (config.sample > newest) {
    problems.push(`The sample ${config.dataset} has no version ${config.sample}: set sample to ${newest} or less.`);
  }
  if (config.images > 0 && config.images < FEWEST_IMAGES) {
    problems.push(`A run uses at least ${FEWEST_IMAGES} images: raise images, or set it to 0 for all.`);
  }
  const part = microBatchSize(config);
  if (!Number.isInteger(part) || part < SMALLEST_PART) {
    problems.push(
      `A batch of ${config.batchSize} cannot be computed in ${config.microBatches} equal parts of at least ${SMALLEST_PART} images: change batchSize or microBatches.`,
    );
  }
  const values = new Map<string, unknown>(Object.entries(config));
  for (const [name, { label, value }] of ALL_OPTIONS) {
    if (hasOption(config.method, name) || values.get(name) === value) continue;
    problems.push(`${METHODS[config.method].title} has no setting “${label}” (${name}): leave it out.`);
  }
  return [...problems, ...METHODS[config.method].problems(config)];
}
