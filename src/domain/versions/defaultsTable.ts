import type { ConfigPath } from '../configPath';
import type { MethodName } from '../methods/registry';
import type { DatasetChoice, PresetName } from '../runConfig';
import type { Leaf } from '../settings/setting';

/** A setting on which defaults may depend. */
export type Axis = 'preset' | 'dataset' | 'method';

/** The preset, data set and method for which defaults are asked. */
export interface DefaultsKey {
  readonly preset: PresetName;
  readonly dataset: DatasetChoice;
  readonly method: MethodName;
}

type Nested = Leaf | { readonly [name: string]: Nested };

/** A default that depends on some axes: a tree of values by the names of the first axis, then of the second, and so on. */
export interface Dependent {
  readonly by: readonly Axis[];
  readonly values: { readonly [name: string]: Nested };
}

/** The defaults of one version for every preset, data set and method that it had. */
export interface DefaultsTable {
  readonly presets: readonly PresetName[];
  readonly datasets: readonly DatasetChoice[];
  readonly methods: readonly MethodName[];
  readonly values: Readonly<Record<ConfigPath, Leaf | Dependent>>;
}

/** Whether the version had this preset, data set and method. */
export function isKnownTo(table: DefaultsTable, { preset, dataset, method }: DefaultsKey): boolean {
  return table.presets.includes(preset) && table.datasets.includes(dataset) && table.methods.includes(method);
}

/** A setting's default in the table; undefined where the version had no such setting. */
export function defaultIn({ values }: DefaultsTable, path: ConfigPath, key: DefaultsKey): Leaf | undefined {
  if (!Object.hasOwn(values, path)) return undefined;
  const entry = values[path];
  if (typeof entry !== 'object') return entry;
  let found: Nested = entry.values;
  for (const axis of entry.by) found = typeof found === 'object' ? found[key[axis]] : found;
  return typeof found === 'object' ? undefined : found;
}
