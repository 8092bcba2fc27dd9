import { flattenConfig, parseLeaf, setConfigValue } from './configPath';
import type { Derivation } from './derivation';
import { addToLink, DERIVATION_KEYS, derivationIn } from './derivationLink';
import { fieldOf, valueLabel } from './fields';
import { correctionsText, type FolderCorrections, parseCorrections } from './folderCorrections';
import { ALL_SAMPLE_VERSIONS, SAMPLE_VERSIONS, type SampleVersion } from './imageDataset';
import { METHOD_NAMES, type MethodName } from './methods/registry';
import { LESSON_KEY, PLACE_KEY } from './places';
import { presetConfig } from './presets';
import {
  configProblems,
  type DatasetChoice,
  type LiveChange,
  type PresetName,
  parseLiveChange,
  type RunConfig,
} from './runConfig';
import { DATASET_CHOICES, PRESET_NAMES } from './settings/names';
import { CURRENT_VERSION, defaultsOf, isVersion } from './versions/registry';
import { type WarmStart, warmStartSchema } from './warmStart';
import { z } from './zod';

/** How a link identifies a person's own images, so that the page can ask for the same folder. */
export interface FolderReference {
  readonly name: string;
  readonly count: number;
  readonly fingerprint: string;
  /** A person's corrections of what its folders are taken for; by places, since names of folders may be names of people. */
  readonly corrections?: FolderCorrections | undefined;
}

/** Everything a link carries: with the same data, adapter and engine it reproduces a run. */
export interface SharedRun {
  readonly config: RunConfig;
  readonly changes: readonly LiveChange[];
  readonly folder: FolderReference | null;
  /** How the images are derived from those of the sample or of the folder; left out where they are these. */
  readonly derivation?: Derivation | undefined;
  /** The weights that the backbone begins with; left out where it begins with random ones. */
  readonly warmStart?: WarmStart | undefined;
}

/** The key of the weights: their name, fingerprint, means and deviations as a JSON list. */
const WEIGHTS_KEY = 'weights';

/**
 * Keys that are not read as settings: those on which the defaults depend, the sample's version and the choice of images, which have
 * notices of their own, and the page's place and lesson.
 */
const NOT_SETTINGS: ReadonlySet<string> = new Set([
  ...['v', 'preset', 'dataset', 'method', 'sample', PLACE_KEY, LESSON_KEY],
  ...Object.values(DERIVATION_KEYS),
  WEIGHTS_KEY,
]);

/** The URL hash (without `#`) of a run: version, preset, data set with a sample's version, and the settings that differ from the current defaults. */
export function encodeShareLink({ config, changes, folder, derivation, warmStart }: SharedRun): string {
  const { preset, dataset } = config;
  const hash = new URLSearchParams({ v: String(CURRENT_VERSION), preset, dataset });
  if (dataset !== 'folder') hash.set('sample', String(config.sample));
  if (config.method !== 'simsiam') hash.set('method', config.method);
  const defaults = flattenConfig(presetConfig(preset, dataset, config.method));
  for (const [path, value] of flattenConfig(config)) {
    if (path !== 'sample' && defaults.get(path) !== value) hash.set(path, String(value));
  }
  if (changes.length > 0) hash.set('changes', JSON.stringify(changes));
  if (folder !== null) hash.set('folder', JSON.stringify([folder.name, folder.count, folder.fingerprint]));
  const { corrections = [] } = folder ?? {};
  if (corrections.length > 0) hash.set('folders', correctionsText(corrections));
  if (derivation !== undefined) addToLink(derivation, hash);
  if (warmStart !== undefined) {
    const { name, fingerprint, mean, std } = warmStart;
    hash.set(WEIGHTS_KEY, JSON.stringify([name, fingerprint, mean, std]));
  }
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

/** The version whose defaults apply to a link. A hash without a version gets the current one, since every written link has a version. */
function versionOf(entries: URLSearchParams, notices: string[]): number {
  const text = entries.get('v');
  if (text === null) return CURRENT_VERSION;
  if (/^\d+$/.test(text) && isVersion(Number(text))) return Number(text);
  notices.push(
    `This link is of version ${text}; this page reads versions 1 to ${CURRENT_VERSION}. What could be read of it was kept, with the defaults of version ${CURRENT_VERSION}.`,
  );
  return CURRENT_VERSION;
}

/** A setting on which the defaults of the others depend. */
interface Named<T extends string> {
  readonly key: string;
  readonly what: string;
  readonly names: readonly T[];
  /** The name used instead of an unknown one, and its text in the notice. */
  readonly otherwise: T;
  readonly shown: string;
}

function nameIn<T extends string>(entries: URLSearchParams, named: Named<T>, notices: string[]): T {
  const { key, what, names, otherwise, shown } = named;
  const text = entries.get(key);
  const found = names.find((name) => name === text);
  if (text !== null && found === undefined) {
    notices.push(`The link asks for ${what} “${text}”, which does not exist: using ${shown}.`);
  }
  return found ?? otherwise;
}

const PRESET: Named<PresetName> = {
  key: 'preset',
  what: 'preset',
  names: PRESET_NAMES,
  otherwise: 'small',
  shown: '“small”',
};
const DATASET: Named<DatasetChoice> = {
  key: 'dataset',
  what: 'data set',
  names: DATASET_CHOICES,
  otherwise: 'fashion-mnist',
  shown: 'Fashion-MNIST',
};
const METHOD: Named<MethodName> = {
  key: 'method',
  what: 'method',
  names: METHOD_NAMES,
  otherwise: 'simsiam',
  shown: 'SimSiam',
};

/** The version of the sample that a link names; where it names none, the default. Adds a notice when the page does not have it. */
function sampleIn(
  entries: URLSearchParams,
  { dataset, sample }: Pick<RunConfig, 'dataset' | 'sample'>,
  notices: string[],
): SampleVersion {
  const text = entries.get('sample');
  if (dataset === 'folder' || text === null) return sample;
  const newest = SAMPLE_VERSIONS[dataset];
  const found = ALL_SAMPLE_VERSIONS.find((version) => String(version) === text && version <= newest);
  if (found !== undefined) return found;
  const title = valueLabel(fieldOf('dataset'), dataset);
  notices.push(
    `The link was made with version ${text} of the sample ${title}, which this page does not have: using version ${newest}. Labels or split differ, and so will the run.`,
  );
  return newest;
}

/** How the link's images are derived; adds a notice where that cannot be read. */
function derivationOf(entries: URLSearchParams, whole: string, notices: string[]): Derivation | undefined {
  try {
    return derivationIn(entries, whole) ?? undefined;
  } catch {
    notices.push('The link’s choice of images could not be read: all images are used, and the run will differ.');
    return undefined;
  }
}

/** The weights that the link's run begins with; adds a notice, since a link does not hold them. */
function warmStartIn(entries: URLSearchParams, notices: string[]): WarmStart | undefined {
  const text = entries.get(WEIGHTS_KEY);
  if (text === null) return undefined;
  try {
    const [name, fingerprint, mean, std] = z.array(z.unknown()).parse(JSON.parse(text));
    const start = warmStartSchema.parse({ name, fingerprint, mean, std });
    notices.push(
      `The link’s run begins with the weights of “${start.name}”, which a link does not hold: open that file and train from it. Without it the backbone begins with random weights, and the run will differ.`,
    );
    return start;
  } catch {
    notices.push(
      'The weights that the link’s run begins with could not be read: the backbone begins with random ones, and the run will differ.',
    );
    return undefined;
  }
}

/**
 * Reads a URL hash. Never throws: a setting that cannot be read gets its default, and `notices` has a message about it to show.
 * An empty hash gives the defaults and no notice.
 */
export function decodeShareLink(hash: string): { readonly run: SharedRun; readonly notices: readonly string[] } {
  const notices: string[] = [];
  const entries = new URLSearchParams(hash.replace(/^#/, ''));
  const version = versionOf(entries, notices);
  const preset = nameIn(entries, PRESET, notices);
  const dataset = nameIn(entries, DATASET, notices);
  const method = nameIn(entries, METHOD, notices);
  const standard = defaultsOf(version, { preset, dataset, method });
  const defaults = { ...standard, sample: sampleIn(entries, standard, notices) };
  let config = defaults;
  let changes: readonly LiveChange[] = [];
  let folder: FolderReference | null = null;
  let corrections: FolderCorrections = [];
  for (const [key, text] of entries) {
    if (NOT_SETTINGS.has(key)) continue;
    try {
      if (key === 'changes') changes = decodeChanges(text);
      else if (key === 'folder') folder = decodeFolder(text);
      else if (key === 'folders') corrections = parseCorrections(text);
      else config = setConfigValue(config, key, parseLeaf(text));
    } catch {
      notices.push(`The link’s setting “${key}” could not be read: using its default.`);
    }
  }
  if (corrections.length > 0) {
    if (folder !== null) folder = { ...folder, corrections };
    else
      notices.push(
        'The link corrects folders without naming the folder that they are in: the corrections are not used.',
      );
  }
  // A link without a folder repeats no run on one, so folders are read as they are today.
  if (folder === null && !entries.has('labelRule')) {
    config = { ...config, labelRule: presetConfig(preset, dataset, method).labelRule };
  }
  const problems = configProblems(config);
  if (problems.length > 0) {
    notices.push(...problems, 'The link’s settings do not fit together: using the defaults.');
    config = defaults;
  }
  const whole = folder?.name ?? valueLabel(fieldOf('dataset'), dataset);
  const derivation = derivationOf(entries, whole, notices);
  const warmStart = warmStartIn(entries, notices);
  return {
    run: { config, changes, folder, ...(derivation && { derivation }), ...(warmStart && { warmStart }) },
    notices,
  };
}
