import { BANK, NO_LABEL, TEST, TRAIN } from '../../domain/imageDataset';
import type { HoldOut } from '../../domain/runConfig';
import { HELD_OUT_SHARE, holdOutImages, holdOutPictures } from '../import/holdOut';

/** The share of the labelled test images that are queries where the others have to vote. */
const QUERIES_OF_TEST = 0.5;

export interface QueryChoice {
  readonly seed: number;
  readonly holdOut: HoldOut;
  /** The groups of equal pictures, which take long to compute: called only where they are needed. */
  groups(): Uint32Array;
}

function hold(labels: Int16Array, split: Uint8Array, share: number, { seed, holdOut, groups }: QueryChoice): void {
  if (holdOut === 'images') holdOutImages(labels, split, seed, share);
  else holdOutPictures(labels, groups(), split, seed, share);
}

/** Makes half of the labelled test images queries and the others the bank, in place. */
function divideTestImages(labels: Int16Array, split: Uint8Array, choice: QueryChoice): void {
  const indices = Uint32Array.from(labels.keys()).filter((i) => labels[i] !== NO_LABEL && split[i] === TEST);
  const part = new Uint8Array(indices.length).fill(BANK);
  const groups = () => {
    const all = choice.groups();
    return indices.map((i) => all[i]);
  };
  hold(
    Int16Array.from(indices, (i) => labels[i]),
    part,
    QUERIES_OF_TEST,
    { ...choice, groups },
  );
  for (const [k, i] of indices.entries()) split[i] = part[k];
}

/**
 * Decides which labelled images are the queries of kNN and which vote, in place: the folders' test and training sets where both have labels,
 * else parts of the one that has. Returns what the person should know about it, in sentences.
 */
export function chooseQueries(labels: Int16Array | null, split: Uint8Array, choice: QueryChoice): string[] {
  if (labels === null) return [];
  const has = (part: number) => labels.some((label, i) => label !== NO_LABEL && split[i] === part);
  const hasTestSet = split.includes(TEST);
  const notes: string[] = [];
  if (has(TEST)) {
    if (has(TRAIN)) return [];
    divideTestImages(labels, split, choice);
    notes.push(
      'The training images have no labels: in kNN, half of the labelled test images vote and the others are asked.',
    );
  } else {
    hold(labels, split, HELD_OUT_SHARE, choice);
    if (hasTestSet && has(TEST)) {
      notes.push(
        'No test image has a label of a class that is trained on: about 15 % of the labelled training images are held out for kNN.',
      );
    }
  }
  if (has(TEST)) return notes;
  const counts = new Map<number, number>();
  for (const label of labels) if (label !== NO_LABEL) counts.set(label, (counts.get(label) ?? 0) + 1);
  const isOneEach = [...counts.values()].every((count) => count === 1);
  const why = isOneEach ? 'Each class has only one image' : 'The classes have too few images';
  return [`${why}, so none can be held out: there is no kNN accuracy. Everything else works.`];
}
