import { type RunConfig, runConfigSchema } from './runConfig';
import type { Leaf } from './settings/setting';

interface Branch {
  [key: string]: Leaf | Branch;
}
type Tree = { readonly [key: string]: Leaf | Tree };

/** A dotted path to one setting, e.g. `batchSize` or `augment.crop.scaleMin`. */
export type ConfigPath = string;

function flattenInto(tree: Tree, prefix: string, out: Map<ConfigPath, Leaf>): void {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'object') flattenInto(value, `${prefix}${key}.`, out);
    else out.set(prefix + key, value);
  }
}

/** All settings of a config by their paths, in the config's order. */
export function flattenConfig(config: RunConfig): Map<ConfigPath, Leaf> {
  const out = new Map<ConfigPath, Leaf>();
  flattenInto(config, '', out);
  return out;
}

/** The inverse of `flattenConfig`: a tree of values, not yet checked by the schema. */
export function unflattened(values: Iterable<readonly [ConfigPath, Leaf]>): Tree {
  const root: Branch = {};
  for (const [path, value] of values) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    let branch = root;
    for (const key of keys) {
      const there = branch[key];
      const next: Branch = typeof there === 'object' ? there : {};
      branch[key] = next;
      branch = next;
    }
    branch[last] = value;
  }
  return root;
}

function withLeaf(tree: Tree, keys: readonly string[], value: unknown): Tree {
  const [head, ...rest] = keys;
  if (head === undefined || !Object.hasOwn(tree, head)) throw new Error('no such setting');
  const child = tree[head];
  if (rest.length === 0) {
    if (typeof child === 'object') throw new Error('names a group of settings, not one');
    return { ...tree, [head]: value as Leaf };
  }
  if (typeof child !== 'object') throw new Error('no such setting');
  return { ...tree, [head]: withLeaf(child, rest, value) };
}

/**
 * A copy of the config with one setting changed.
 * @throws Error naming the path when there is no such setting or the value does not fit it.
 */
export function setConfigValue(config: RunConfig, path: ConfigPath, value: unknown): RunConfig {
  let changed: Tree;
  try {
    changed = withLeaf(config, path.split('.'), value);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = runConfigSchema.safeParse(changed);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${path}: ${issue?.message ?? 'not a valid value'}`);
}

/** Parses booleans (`true`) and numbers (`32`, `1e-4`); any other text stays a string. */
export function parseLeaf(text: string): Leaf {
  if (text === 'true') return true;
  if (text === 'false') return false;
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}
