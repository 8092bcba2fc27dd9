import type { ConfigPath } from '../configPath';
import { FIELDS } from '../fields';
import type { Place } from '../places';

/** A part of the page that a lesson can point at, besides the settings. */
interface Part {
  /** Its name in an editor and for a screen reader. */
  readonly words: string;
  /** The place in which it is shown; null: in each. */
  readonly place: Place | null;
  /** Whether it is a control that a lesson can hide where it does not need it. */
  readonly isHideable?: boolean;
}

const PARTS = {
  train: { words: 'the button Train', place: null },
  reset: { words: 'the button Reset', place: null },
  places: { words: 'the places of the page', place: null },
  status: { words: 'the line on the state of the run', place: null },
  diagram: { words: 'the drawing of a step', place: 'train' },
  outputs: { words: 'the picture of the outputs', place: 'train' },
  reading: { words: 'the choice of z, p or features', place: 'train', isHideable: true },
  figure2: { words: 'the button Figure 2', place: 'train', isHideable: true },
  replay: { words: 'the slider that replays the run', place: 'train' },
  loss: { words: 'the curve of the loss', place: 'train' },
  std: { words: 'the curve of the output std', place: 'train' },
  rank: { words: 'the curve of the effective rank', place: 'train' },
  accuracy: { words: 'the curve of the accuracy', place: 'train' },
  neighbours: { words: 'the nearest neighbours', place: 'train', isHideable: true },
  images: { words: 'the choice of images', place: 'train', isHideable: true },
  settings: { words: 'the settings', place: 'train', isHideable: true },
  details: { words: 'further curves and the events below', place: 'train', isHideable: true },
  gallery: { words: 'the neighbours with their names', place: 'explore' },
  experiments: { words: 'the experiments', place: 'compare' },
  runs: { words: 'the kept runs', place: 'compare' },
} as const satisfies Record<string, Part>;

type PartName = keyof typeof PARTS;

/** What a step points at: a part of the page, or a setting by its path. The page marks both with `data-part`. */
export type LessonTarget = PartName | ConfigPath;

const BY_NAME: ReadonlyMap<string, Part> = new Map(Object.entries(PARTS));
const SETTINGS = new Map(FIELDS.map(({ path, label }) => [path, label]));

/** Every target: the parts, then the settings in the order of the page. */
export const LESSON_TARGETS: readonly LessonTarget[] = [...BY_NAME.keys(), ...SETTINGS.keys()];

export function isTarget(name: string): name is LessonTarget {
  return BY_NAME.has(name) || SETTINGS.has(name);
}

/** A target in words, e.g. “the curve of the loss”, “the setting Output d”. */
export function targetWords(target: LessonTarget): string {
  return BY_NAME.get(target)?.words ?? `the setting ${SETTINGS.get(target) ?? target}`;
}

/** The place of the page in which a target is shown; null: in each. */
export function placeOfTarget(target: LessonTarget): Place | null {
  const part = BY_NAME.get(target);
  return part === undefined ? 'train' : part.place;
}

/** Settings that have their control outside the panel of settings. */
const ELSEWHERE: Readonly<Record<string, PartName | null>> = { stopGradient: null, dataset: 'images' };

/** The hideable part that holds a target's control; null for what is never hidden. */
function holderOf(target: LessonTarget): string | null {
  const part = BY_NAME.get(target);
  if (part !== undefined) return part.isHideable === true ? target : null;
  return target in ELSEWHERE ? (ELSEWHERE[target] ?? null) : 'settings';
}

/** The controls that a lesson does not need, by `data-part`: parts that none of its targets lies in, and settings that it does not name. */
export function unneededParts(targets: readonly LessonTarget[]): LessonTarget[] {
  const needed = new Set<string>([...targets, ...targets.flatMap((target) => holderOf(target) ?? [])]);
  const parts = [...BY_NAME].flatMap(([name, { isHideable }]) =>
    isHideable === true && !needed.has(name) ? [name] : [],
  );
  if (!needed.has('settings') || targets.includes('settings')) return parts;
  const settings = [...SETTINGS.keys()].filter((path) => !(path in ELSEWHERE) && !needed.has(path));
  return [...parts, ...settings];
}
