import { flattenConfig, parseLeaf, setConfigValue } from './configPath';
import { METHOD_NAMES } from './methods/registry';
import { presetConfig } from './presets';
import { configProblems, type LiveChange, parseLiveChange, type RunConfig } from './runConfig';
import { DATASET_CHOICES, PRESET_NAMES } from './settings/names';

/** What a link says of a person's own images, so that opening it can ask for the same folder. */
export interface FolderReference {
  readonly name: string;
  readonly count: number;
  readonly fingerprint: string;
}

/** Everything a link carries: with the same data, adapter and engine it reproduces a run. */
export interface SharedRun {
  readonly config: RunConfig;
  readonly changes: readonly LiveChange[];
  readonly folder: FolderReference | null;
}

const VERSION = '1';
/** What the other settings' defaults depend on. */
const NAMED_FIRST = new Set(['v', 'preset', 'dataset', 'method']);

/** The URL hash (without `#`) of a run: preset, data set, and what differs from their defaults. */
export function encodeShareLink({ config, changes, folder }: SharedRun): string {
  const hash = new URLSearchParams({ v: VERSION, preset: config.preset, dataset: config.dataset });
  if (config.method !== 'simsiam') hash.set('method', config.method);
  const defaults = flattenConfig(presetConfig(config.preset, config.dataset, config.method));
  for (const [path, value] of flattenConfig(config)) {
    if (defaults.get(path) !== value) hash.set(path, String(value));
  }
  if (changes.length > 0) hash.set('changes', JSON.stringify(changes));
  if (folder !== null) hash.set('folder', JSON.stringify([folder.name, folder.count, folder.fingerprint]));
  return hash.toString();
}

function decodeFolder(text: string): FolderReference {
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) {
    const [name, count, fingerprint] = value as unknown[];
    if (typeof name === 'string' && typeof count === 'number' && typeof fingerprint === 'string') {
      return { name, count, fingerprint };
    }
  }
  throw new Error('not a folder');
}

function decodeChanges(text: string): LiveChange[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new Error('not a list');
  return value.map(parseLiveChange).sort((a, b) => a[0] - b[0]);
}

/**
 * Reads a URL hash. Never throws: what cannot be read falls back to its default and is named in `notices`, ready to show.
 * An empty hash gives the defaults and no notice.
 */
export function decodeShareLink(hash: string): { readonly run: SharedRun; readonly notices: readonly string[] } {
  const notices: string[] = [];
  const entries = new URLSearchParams(hash.replace(/^#/, ''));
  const version = entries.get('v');
  if (version !== null && version !== VERSION) {
    notices.push(
      `This link is of version ${version}; this page reads version ${VERSION}. What it knows of it was kept.`,
    );
  }
  const preset = PRESET_NAMES.find((name) => name === entries.get('preset'));
  if (entries.has('preset') && preset === undefined) {
    notices.push(`The link asks for preset “${entries.get('preset')}”, which does not exist: using “small”.`);
  }
  const dataset = DATASET_CHOICES.find((name) => name === entries.get('dataset'));
  if (entries.has('dataset') && dataset === undefined) {
    notices.push(`The link asks for data set “${entries.get('dataset')}”, which does not exist: using Fashion-MNIST.`);
  }
  const method = METHOD_NAMES.find((name) => name === entries.get('method'));
  if (entries.has('method') && method === undefined) {
    notices.push(`The link asks for method “${entries.get('method')}”, which does not exist: using SimSiam.`);
  }
  const defaults = presetConfig(preset ?? 'small', dataset ?? 'fashion-mnist', method ?? 'simsiam');
  let config = defaults;
  let changes: readonly LiveChange[] = [];
  let folder: FolderReference | null = null;
  for (const [key, text] of entries) {
    if (NAMED_FIRST.has(key)) continue;
    try {
      if (key === 'changes') changes = decodeChanges(text);
      else if (key === 'folder') folder = decodeFolder(text);
      else config = setConfigValue(config, key, parseLeaf(text));
    } catch {
      notices.push(`The link’s setting “${key}” could not be read: using its default.`);
    }
  }
  const problems = configProblems(config);
  if (problems.length > 0) {
    notices.push(...problems, 'The link’s settings do not fit together: using the defaults.');
    config = defaults;
  }
  return { run: { config, changes, folder }, notices };
}
