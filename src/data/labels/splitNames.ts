import { isFiller, normalName, partsOf } from './folderWords';

/** What a folder's name says about its use. Where there is no folder for training, the first of the others is trained on, in this order. */
export const SPLIT_KINDS = ['train', 'validation', 'evaluation', 'test'] as const;
export type SplitKind = (typeof SPLIT_KINDS)[number];

/** A folder name that is a form of train, validation or test. */
export interface SplitName {
  readonly kind: SplitKind;
  /** The name without the word and without fillers, in lower case: `cats` in `cats_train`; equal in folders that belong together. */
  readonly stem: string;
  /** The stem as it is written, to be shown as a class: `Cats` in `Cats_train`. */
  readonly owner: string;
  /** Whether nothing but fillers follows the word, as in `cats_train` and unlike `test tube`. */
  readonly isLast: boolean;
  /** Whether the word is an abbreviation that is also a word of its own, such as `tr`. */
  readonly isAbbreviated: boolean;
}

const KINDS: Readonly<Record<string, SplitKind>> = {
  train: 'train',
  training: 'train',
  trn: 'train',
  tr: 'train',
  trainval: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  validate: 'validation',
  va: 'validation',
  dev: 'validation',
  devel: 'validation',
  development: 'validation',
  eval: 'evaluation',
  evaluation: 'evaluation',
  evaluate: 'evaluation',
  holdout: 'test',
  heldout: 'test',
  test: 'test',
  testing: 'test',
  tst: 'test',
  te: 'test',
  ts: 'test',
};

const ABBREVIATED = new Set(['tr', 'te', 'ts', 'va']);

/** A split word and a filler without a separator, e.g. `trainset`, `testimages`. */
const GLUED =
  /^(trainval|training|train|testing|test|validation|valid|val|dev|evaluation|eval|holdout)(?:sets?|data|datasets?|images?|imgs?|pics|photos|files|folder|dir|split|samples?)$/;

function kindOf(word: string): SplitKind | undefined {
  const plain = GLUED.exec(word)?.[1] ?? word;
  return Object.hasOwn(KINDS, plain) ? KINDS[plain] : undefined;
}

/** `hold-out` and `held_out` as one word. */
function joined(parts: ReturnType<typeof partsOf>): ReturnType<typeof partsOf> {
  return parts.flatMap((part, i) => {
    const next = parts[i + 1];
    if (/^(hold|held)$/.test(part.word) && next?.word === 'out') return [{ ...part, word: 'holdout', end: next.end }];
    return part.word === 'out' && /^(hold|held)$/.test(parts[i - 1]?.word ?? '') ? [] : [part];
  });
}

/** Reads a folder name as a split; null where it is none, e.g. `trainers`, or names both sides, e.g. `train_test`. */
export function readSplitName(folder: string): SplitName | null {
  const name = normalName(folder);
  const parts = joined(partsOf(name));
  const found = parts.flatMap((part, i) => {
    const kind = kindOf(part.word);
    return kind === undefined ? [] : [{ ...part, kind, i }];
  });
  const [first] = found;
  const last = found.at(-1);
  if (first === undefined || last === undefined) return null;
  const kinds = new Set(found.map(({ kind }) => kind));
  // `train_val` is both parts that a model is developed on; it is trained on.
  const isBoth = kinds.size === 2 && kinds.has('train') && kinds.has('validation');
  if (kinds.size > 1 && !isBoth) return null;
  const others = parts.filter((_, i) => !found.some((word) => word.i === i) && !isFiller(parts[i].word));
  const kept = others.map(({ start, end }) => name.slice(start, end));
  return {
    kind: isBoth ? 'train' : first.kind,
    stem: others.map(({ word }) => word).join(' '),
    owner: kept.join(' '),
    isLast: parts.slice(last.i + 1).every(({ word }) => isFiller(word)),
    isAbbreviated: found.every(({ word }) => ABBREVIATED.has(word)),
  };
}
