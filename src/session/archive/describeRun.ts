import { type ConfigPath, flattenConfig } from '../../domain/configPath';
import { differingPaths, fieldOf, hasEffectOn, valueLabel } from '../../domain/fields';
import { hasOption, METHODS } from '../../domain/methods/registry';
import { presetConfig } from '../../domain/presets';
import { encodeShareLink } from '../../domain/shareLink';
import type { RunRecord } from '../../storage/runRecord';
import { folderOf } from '../data/identity';
import { changeWords } from '../run/words';

type Settings = Pick<RunRecord, 'config' | 'changes'>;

/** A setting of a run that differs from its preset, or a change in flight. */
export interface Difference {
  /** The setting, and the step for a change in flight: unique within a run. */
  readonly key: string;
  readonly path: ConfigPath;
  readonly text: string;
}

/** Settings that the page shows elsewhere beside a run. */
const ELSEWHERE: ReadonlySet<ConfigPath> = new Set(['preset', 'dataset', 'method']);
/** Number of differences in a derived name. */
const NAMED = 2;

/** A setting's label; those of an augmentation are preceded by its name, e.g. “Random crop: smallest area”. */
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

/** “Stop-gradient” becomes “stop-gradient”; abbreviations such as “BN in the heads” stay. */
function withSmallInitial(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** Whether a setting affects only how a run is measured or computed, not what is trained. */
function isAside(path: ConfigPath): boolean {
  return path === 'engine' || path === 'precision' || path.startsWith('knn.') || path.startsWith('probe.');
}

/** The differences from the preset's values on the data set: settings, then changes in flight, then settings of measuring and computing. */
export function differencesOf({ config, changes }: Settings): Difference[] {
  const values = flattenConfig(config);
  const settings = differingPaths(config, presetConfig(config.preset, config.dataset, config.method))
    .filter((path) => !ELSEWHERE.has(path) && hasEffectOn(path, config.dataset))
    .map((path) => ({ key: path, path, text: settingWords(path, values.get(path)) }));
  const inFlight = changes.map(([step, path, value]) => ({
    key: `${path} ${step}`,
    path,
    text: `${changeWords(path, value)} at step ${step.toLocaleString('en')}`,
  }));
  return [
    ...settings.filter(({ path }) => !isAside(path)),
    ...inFlight,
    ...settings.filter(({ path }) => isAside(path)),
  ];
}

/** A run's name: the given one, else one derived from its settings, e.g. “SimSiam · stop-gradient off”. */
export function runName(run: Settings & Pick<RunRecord, 'name'>): string {
  if (run.name !== null) return run.name;
  const { title } = METHODS[run.config.method];
  const differences = differencesOf(run).filter(({ path }) => !isAside(path));
  if (differences.length === 0) return `${title} · ${run.config.preset}`;
  const words = differences.slice(0, NAMED).map(({ text }) => withSmallInitial(text));
  const more = differences.length - words.length;
  return [title, ...words, ...(more > 0 ? [`${more} more`] : [])].join(' · ');
}

/** What distinguishes runs: every setting but those of measuring and computing, and what was changed in flight, as text by key. */
function traitsOf({ config, changes }: Settings): Map<string, string> {
  const traits = new Map<string, string>();
  for (const [path, value] of flattenConfig(config)) {
    if (isAside(path) || !hasEffectOn(path, config.dataset)) continue;
    traits.set(path, path === 'method' ? METHODS[config.method].title : withSmallInitial(settingWords(path, value)));
  }
  for (const [step, path, value] of changes)
    traits.set(`${path} ${step}`, `${withSmallInitial(changeWords(path, value))} at step ${step}`);
  return traits;
}

/** How often each trait occurs among runs. */
function countTraits(all: readonly ReadonlyMap<string, string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const traits of all) {
    for (const [key, text] of traits) counts.set(`${key} ${text}`, (counts.get(`${key} ${text}`) ?? 0) + 1);
  }
  return counts;
}

/**
 * Names of runs listed together, by id: a given name, else what differs from the greater part of them, e.g. “stop-gradient off · seed 7”.
 * Runs like most others have their method and seed as a name; a run alone is named by what differs from its preset.
 */
export function namesAmong(runs: readonly RunRecord[]): ReadonlyMap<string, string> {
  const all = runs.map(traitsOf);
  const counts = countTraits(all);
  const isRare = (key: string, text: string) => 2 * (counts.get(`${key} ${text}`) ?? 0) <= runs.length;
  return new Map(
    runs.map((run, i) => {
      if (run.name !== null || runs.length === 1) return [run.id, runName(run)];
      const rare = [...(all[i] ?? [])].filter(([key, text]) => isRare(key, text));
      // Settings that follow from the method or the preset say nothing more.
      const own = new Set(differencesOf(run).map(({ key }) => key));
      const telling = rare.filter(([key]) => own.has(key) || ELSEWHERE.has(key as ConfigPath)).map(([, text]) => text);
      if (telling.length === 0) return [run.id, `${METHODS[run.config.method].title} · seed ${run.config.seed}`];
      const words = telling.slice(0, NAMED);
      return [run.id, [...words, ...(telling.length > NAMED ? [`${telling.length - NAMED} more`] : [])].join(' · ')];
    }),
  );
}

/** The hash, without `#`, of a link that reproduces a kept run. */
export function linkOfRun({
  config,
  changes,
  dataset,
  warmStart,
}: Pick<RunRecord, 'config' | 'changes' | 'dataset' | 'warmStart'>): string {
  return encodeShareLink({ config, changes, folder: folderOf(dataset), derivation: dataset.derivation, warmStart });
}

/**
 * The kind of a run's loss: the method, and for SimSiam also the similarity. Losses of different kinds are not comparable and never
 * share an axis.
 */
export function lossKind({ method, similarity }: RunRecord['config']): string {
  const { title } = METHODS[method];
  return hasOption(method, 'similarity') && similarity === 'crossEntropy' ? `${title}, cross-entropy` : title;
}
