import { type ConfigPath, flattenConfig } from './configPath';
import { SAMPLE_VERSIONS } from './imageDataset';
import { ALL_OPTIONS, type MethodName } from './methods/registry';
import { presetConfig } from './presets';
import type { DatasetChoice, RunConfig } from './runConfig';
import { SETTING_LIST } from './settings/registry';
import { FIELD_GROUPS, type FieldGroup, type Setting, type SettingWords } from './settings/setting';

/** One setting as the page shows it, with its path. */
export interface Field extends SettingWords {
  readonly path: ConfigPath;
}

type Listed = readonly [path: ConfigPath, setting: Setting];

/** Moves each setting with `shownBefore` in front of the setting named there. */
function inOrderOfThePage(declared: readonly Listed[]): Listed[] {
  const order = [...declared];
  for (const entry of declared) {
    const { shownBefore } = entry[1];
    if (shownBefore === undefined) continue;
    order.splice(order.indexOf(entry), 1);
    const place = order.findIndex(([path]) => path === shownBefore);
    if (place < 0) throw new Error(`${entry[0]}: no setting “${shownBefore}” in its group to be shown before.`);
    order.splice(place, 0, entry);
  }
  return order;
}

/** A group's settings: the methods' options come before the sizes of the heads, and after the optimiser's common settings. */
function listed(group: FieldGroup): Listed[] {
  const all = SETTING_LIST.filter(([, setting]) => setting.group === group);
  const options = all.filter(([path]) => ALL_OPTIONS.has(path));
  const common = inOrderOfThePage(all.filter(([path]) => !ALL_OPTIONS.has(path)));
  return group === 'optimiser' ? [...common, ...options] : [...options, ...common];
}

/** Every setting of a run, one field for each path of `RunConfig`, in the order in which the page shows them. */
export const FIELDS: readonly Field[] = FIELD_GROUPS.flatMap((group) =>
  listed(group).map(([path, { label, help, control, source, live }]) => ({
    path,
    group,
    label,
    help,
    control,
    source,
    live,
  })),
);

const BY_PATH = new Map(FIELDS.map((field) => [field.path, field]));

/** @throws Error when there is no setting of that path. */
export function fieldOf(path: ConfigPath): Field {
  const field = BY_PATH.get(path);
  if (field === undefined) throw new Error(`${path}: no such setting`);
  return field;
}

/** Whether a setting has an effect on a data set: only samples have versions, and only a person's own images are labelled and held out by a rule. */
export function hasEffectOn(path: ConfigPath, dataset: DatasetChoice): boolean {
  if (path === 'sample') return dataset !== 'folder' && SAMPLE_VERSIONS[dataset] > 1;
  return (path !== 'holdOut' && path !== 'labelRule') || dataset === 'folder';
}

/** A value as the page shows it: the option's label, `on`/`off`, or the number. */
export function valueLabel(field: Field, value: string | number | boolean | undefined): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (field.control.kind === 'choice') {
    return field.control.options.find((option) => option.value === value)?.label ?? String(value);
  }
  return typeof value === 'number' ? String(shortened(value)) : String(value);
}

/** A number rounded to 5 significant digits: 4/3 is 1.3333. */
export function shortened(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}

/**
 * The paper's CIFAR-10 value of a setting as text. null where the paper gives none: for settings that exist only here, and, with a method
 * other than SimSiam, for the rate and the sizes, which the paper gives for SimSiam alone.
 */
export function paperValue(field: Field, method: MethodName): string | null {
  if (field.source === null || (method !== 'simsiam' && !ALL_OPTIONS.has(field.path))) return null;
  return valueLabel(field, flattenConfig(presetConfig('paper', 'fashion-mnist', method)).get(field.path));
}

/** The paths of the settings that differ between two configs, in the config's order. */
export function differingPaths(a: RunConfig, b: RunConfig): ConfigPath[] {
  const other = flattenConfig(b);
  return [...flattenConfig(a)].filter(([path, value]) => other.get(path) !== value).map(([path]) => path);
}
