/**
 * `npx tsx scripts/freezeDefaults.ts FILE`: writes the current defaults as a table, for the versions of links and records: a .ts file for
 * src/domain/versions, a .json file for test/fixtures. CONTRIBUTING says when to run it. An existing file is not overwritten.
 */
import { writeFileSync } from 'node:fs';
import { flattenConfig } from '../src/domain/configPath';
import { METHOD_NAMES } from '../src/domain/methods/registry';
import { presetConfig } from '../src/domain/presets';
import { DATASET_CHOICES, PRESET_NAMES } from '../src/domain/settings/names';
import type { Leaf } from '../src/domain/settings/setting';
import type { Axis, DefaultsKey, DefaultsTable, Dependent } from '../src/domain/versions/defaultsTable';

const NAMES: Record<Axis, readonly string[]> = { preset: PRESET_NAMES, dataset: DATASET_CHOICES, method: METHOD_NAMES };
/** Lists of axes that a default may depend on, the shortest first; the first list that determines all values is used. */
const AXES: readonly (readonly Axis[])[] = [
  [],
  ['preset'],
  ['dataset'],
  ['method'],
  ['preset', 'dataset'],
  ['preset', 'method'],
  ['dataset', 'method'],
  ['preset', 'dataset', 'method'],
];

const KEYS: readonly DefaultsKey[] = PRESET_NAMES.flatMap((preset) =>
  DATASET_CHOICES.flatMap((dataset) => METHOD_NAMES.map((method) => ({ preset, dataset, method }))),
);
const CONFIGS = KEYS.map((key) => flattenConfig(presetConfig(key.preset, key.dataset, key.method)));

/** The value at `names` along `axes`; null where it differs along the remaining axes. */
function common(values: readonly Leaf[], axes: readonly Axis[], names: readonly string[]): Leaf | null {
  const there = values.filter((_, i) => axes.every((axis, a) => KEYS[i][axis] === names[a]));
  return there.every((value) => value === there[0]) ? there[0] : null;
}

function nested(
  values: readonly Leaf[],
  axes: readonly Axis[],
  names: readonly string[],
): Dependent['values'] | Leaf | null {
  if (names.length === axes.length) return common(values, axes, names);
  const entries = NAMES[axes[names.length]].map((name) => [name, nested(values, axes, [...names, name])] as const);
  if (entries.some(([, value]) => value === null)) return null;
  return Object.fromEntries(entries) as Dependent['values'];
}

function entryOf(path: string): Leaf | Dependent {
  const values = CONFIGS.map((config) => config.get(path) ?? '');
  for (const by of AXES) {
    const found = nested(values, by, []);
    if (found !== null) return typeof found === 'object' ? { by, values: found } : found;
  }
  throw new Error(`${path}: not even preset, data set and method together tell its values apart.`);
}

const file = process.argv[2];
if (file === undefined || !/\.(ts|json)$/.test(file)) throw new Error('Name a .ts or .json file to write.');
const paths = [...CONFIGS[0].keys()].filter((path) => !Object.hasOwn(NAMES, path));
const table: DefaultsTable = {
  presets: PRESET_NAMES,
  datasets: DATASET_CHOICES,
  methods: METHOD_NAMES,
  values: Object.fromEntries(paths.map((path) => [path, entryOf(path)])),
};
const entries = Object.entries(table.values).map(([path, value]) => `"${path}": ${JSON.stringify(value)}`);
const { values: _, ...names } = table;
const json = `{\n${Object.entries(names)
  .map(([name, list]) => `"${name}": ${JSON.stringify(list)},\n`)
  .join('')}"values": {\n${entries.join(',\n')}\n}\n}`;
const code = `import type { DefaultsTable } from './defaultsTable';\n\nexport const DEFAULTS: DefaultsTable = ${json};\n`;
writeFileSync(file, file.endsWith('.ts') ? code : `${json}\n`, { flag: 'wx' });
console.log(`${file}: ${paths.length} settings. Format it with npm run format.`);
