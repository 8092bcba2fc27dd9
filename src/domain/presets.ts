import { ALL_OPTIONS, hasOption, METHODS, type MethodName } from './methods/registry';
import { type DatasetChoice, type PresetName, type RunConfig, runConfigSchema } from './runConfig';
import { SETTINGS } from './settings/registry';
import { valuesIn } from './settings/tree';

/** The defaults of a preset on a data set and for a method; a link stores only what differs from them. */
export function presetConfig(
  preset: PresetName,
  dataset: DatasetChoice = 'fashion-mnist',
  method: MethodName = 'simsiam',
): RunConfig {
  const base = valuesIn(SETTINGS, preset, dataset);
  const others = [...ALL_OPTIONS].filter(([name]) => !hasOption(method, name));
  return runConfigSchema.parse({
    ...base,
    ...Object.fromEntries(others.map(([name, { value }]) => [name, value])),
    ...METHODS[method].defaults(base, preset === 'paper'),
    preset,
    dataset,
    method,
  });
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
