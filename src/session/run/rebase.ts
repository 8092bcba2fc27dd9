import { flattenConfig, setConfigValue } from '../../domain/configPath';
import { presetConfig } from '../../domain/presets';
import { configProblems, type DatasetChoice, type PresetName, type RunConfig } from '../../domain/runConfig';

/**
 * The settings for another data set or preset: its defaults, with the settings kept that were edited by hand. If the result is not a
 * valid config, the defaults alone.
 */
export function rebased(config: RunConfig, preset: PresetName, dataset: DatasetChoice): RunConfig {
  const before = flattenConfig(presetConfig(config.preset, config.dataset, config.method));
  const defaults = presetConfig(preset, dataset, config.method);
  let next = defaults;
  for (const [path, value] of flattenConfig(config)) {
    // The number of images was chosen for the present data set.
    if (path === 'images' && dataset !== config.dataset) continue;
    if (path !== 'dataset' && path !== 'preset' && before.get(path) !== value) next = setConfigValue(next, path, value);
  }
  return configProblems(next).length === 0 ? next : defaults;
}

/** The settings on another data set; unchanged on the present one. */
export function rebasedOn(config: RunConfig, dataset: DatasetChoice): RunConfig {
  return dataset === config.dataset ? config : rebased(config, config.preset, dataset);
}

/** Settings that are not part of a preset: choosing a preset keeps them. */
export const KEPT_BY_PRESET = ['engine', 'precision', 'seed', 'images'] as const satisfies readonly (keyof RunConfig)[];

/** The settings after a preset was chosen: its values, except for `KEPT_BY_PRESET`. */
export function withPreset(config: RunConfig, preset: PresetName): RunConfig {
  const kept = Object.fromEntries(KEPT_BY_PRESET.map((key) => [key, config[key]]));
  return { ...presetConfig(preset, config.dataset, config.method), ...kept };
}
