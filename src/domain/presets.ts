import { ALL_OPTIONS, hasOption, METHODS, type MethodName } from './methods/registry';
import { type DatasetChoice, type PresetName, type RunConfig, runConfigSchema } from './runConfig';
import { PAPERS_PRESETS } from './settings/names';
import { SETTINGS } from './settings/registry';
import { valuesIn } from './settings/tree';

/** The defaults of a preset for a data set and a method; a link stores only the settings that differ from them. */
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
    ...METHODS[method].defaults(base, PAPERS_PRESETS.includes(preset)),
    preset,
    dataset,
    method,
  });
}

/** The settings for another method: shared settings that were edited by hand are kept, all others get the method's defaults. */
export function withMethod(config: RunConfig, method: MethodName): RunConfig {
  const before = new Map(Object.entries(presetConfig(config.preset, config.dataset, config.method)));
  const kept = Object.entries(config).filter(
    ([name, value]) => !ALL_OPTIONS.has(name) && name !== 'method' && !isSame(value, before.get(name)),
  );
  return runConfigSchema.parse({ ...presetConfig(config.preset, config.dataset, method), ...Object.fromEntries(kept) });
}

/** Whether two values are equal; groups of settings are compared as JSON. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
