import { METHOD_NAMES } from '../methods/registry';
import { configProblems, type RunConfig, runConfigSchema } from '../runConfig';
import { DATASET_CHOICES, PRESET_NAMES } from '../settings/names';
import { defaultsOf } from './registry';

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings of `defaults`, each with its stored value where there is one. */
function overlaid(defaults: Tree, stored: Tree): Tree {
  const merged = Object.entries(defaults).map(([key, value]) => {
    const there = Object.hasOwn(stored, key) ? stored[key] : undefined;
    if (there === undefined) return [key, value];
    return [key, isTree(value) && isTree(there) ? overlaid(value, there) : there];
  });
  return Object.fromEntries(merged);
}

/**
 * The settings of a kept run, which an earlier version of the page may have written: a missing setting gets the default of the
 * record's version for its preset, data set and method; a setting that no longer exists is left out. null when the stored value is not
 * a valid config: an unknown preset, data set or method, or an invalid value of a setting.
 */
export function storedConfig(stored: unknown, version: number): RunConfig | null {
  if (!isTree(stored)) return null;
  const preset = PRESET_NAMES.find((name) => name === stored.preset);
  const dataset = DATASET_CHOICES.find((name) => name === stored.dataset);
  const method = METHOD_NAMES.find((name) => name === (stored.method ?? 'simsiam'));
  if (preset === undefined || dataset === undefined || method === undefined) return null;
  const parsed = runConfigSchema.safeParse(overlaid(defaultsOf(version, { preset, dataset, method }), stored));
  return parsed.success && configProblems(parsed.data).length === 0 ? parsed.data : null;
}
