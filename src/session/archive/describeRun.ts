import { type ConfigPath, flattenConfig } from '../../domain/configPath';
import { differingPaths, fieldOf, valueLabel } from '../../domain/fields';
import { hasOption, METHODS } from '../../domain/methods/registry';
import { presetConfig } from '../../domain/presets';
import { encodeShareLink, type SharedRun } from '../../domain/shareLink';
import type { RunRecord } from '../../storage/runRecord';
import { changeWords } from '../run/words';

type Settings = Pick<RunRecord, 'config' | 'changes'>;

/** A setting of a run that is not its preset's. */
export interface Difference {
  /** The setting, and the step for a change in flight: unique within a run. */
  readonly key: string;
  readonly path: ConfigPath;
  readonly text: string;
}

/** Shown elsewhere on the page. */
const ELSEWHERE: ReadonlySet<ConfigPath> = new Set(['preset', 'dataset', 'method']);
/** A name has room for this many differences. */
const NAMED = 2;

/** “Random crop: smallest area”: the fields of an augmentation need its name beside their own. */
function labelOf(path: ConfigPath): string {
  const { label } = fieldOf(path);
  const owner = /^(augment\.\w+)\.(?!enabled$)/.exec(path)?.[1];
  return owner === undefined ? label : `${fieldOf(`${owner}.enabled`).label}: ${withSmallInitial(label)}`;
}

/** “Seed 7”, “Similarity: cross-entropy” */
function settingWords(path: ConfigPath, value: string | number | boolean | undefined): string {
  const field = fieldOf(path);
  return `${labelOf(path)}${field.control.kind === 'choice' ? ':' : ''} ${valueLabel(field, value)}`;
}

/** “stop-gradient”, but “BN in the heads”. */
function withSmallInitial(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** Whether a setting is about how a run was measured or computed, not about what was trained. */
function isAside(path: ConfigPath): boolean {
  return path === 'engine' || path === 'precision' || path.startsWith('knn.') || path.startsWith('probe.');
}

/** What is different from the preset's own values on that data set: settings, changes in flight, and last how it was measured or computed. */
export function differencesOf({ config, changes }: Settings): Difference[] {
  const values = flattenConfig(config);
  const settings = differingPaths(config, presetConfig(config.preset, config.dataset, config.method))
    .filter((path) => !ELSEWHERE.has(path))
    .map((path) => ({ key: path, path, text: settingWords(path, values.get(path)) }));
  const inFlight = changes.map(([step, path, value]) => ({
    key: `${path} ${step}`,
    path,
    text: `${changeWords(path, value)} at step ${step}`,
  }));
  return [
    ...settings.filter(({ path }) => !isAside(path)),
    ...inFlight,
    ...settings.filter(({ path }) => isAside(path)),
  ];
}

/** A run's name: the one it was given, else one like “SimSiam · stop-gradient off”. */
export function runName(run: Settings & Pick<RunRecord, 'name'>): string {
  if (run.name !== null) return run.name;
  const { title } = METHODS[run.config.method];
  const differences = differencesOf(run).filter(({ path }) => !isAside(path));
  if (differences.length === 0) return `${title} · ${run.config.preset}`;
  const words = differences.slice(0, NAMED).map(({ text }) => withSmallInitial(text));
  const more = differences.length - words.length;
  return [title, ...words, ...(more > 0 ? [`${more} more`] : [])].join(' · ');
}

/** The hash, without `#`, of a link that runs a kept run again. */
export function linkOfRun({ config, changes, dataset }: Pick<RunRecord, 'config' | 'changes' | 'dataset'>): string {
  const { name, count, fingerprint, sampleVersion } = dataset;
  const folder: SharedRun['folder'] = fingerprint === null ? null : { name, count, fingerprint };
  return encodeShareLink({ config, changes, folder }, sampleVersion ?? undefined);
}

/**
 * What a loss is a loss of: values of different kinds do not compare, and never share an axis.
 * SimSiam's two similarities are two kinds.
 */
export function lossKind({ method, similarity }: RunRecord['config']): string {
  const { title } = METHODS[method];
  return hasOption(method, 'similarity') && similarity === 'crossEntropy' ? `${title}, cross-entropy` : title;
}
