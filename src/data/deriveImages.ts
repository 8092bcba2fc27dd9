import { counted } from '../domain/counted';
import { chosenImages, type Derivation, derivedName, imagesOfClasses, orderOf } from '../domain/derivation';
import { BANK, type LoadedDataset, largestShortSide, NO_LABEL, TEST, TRAIN } from '../domain/imageDataset';
import { factsOf } from '../domain/imagesOfRun';
import type { HoldOut } from '../domain/runConfig';
import { adviceOnFew, areEnough, fittingBatch } from '../domain/runProblems';
import { selectedFacts } from './import/assembleDataset';
import { ImportError } from './importError';
import { chooseQueries } from './labels/queries';

/** What deriving images depends on besides the images. */
export interface DerivingChoice {
  readonly seed: number;
  readonly holdOut: HoldOut;
  /** A run needs at least two batches of this size. */
  readonly batchSize: number;
  /** The group of each image of the whole (pictures that show the same); called only where it is needed. */
  groups(): Uint32Array;
}

/** A derived data set, which shares the pixels or the reader of the whole. */
export interface DerivedImages {
  readonly dataset: LoadedDataset;
  /** What a person should know about its splits, in sentences. */
  readonly notes: readonly string[];
}

/** Labels and names of classes. */
interface Classes {
  readonly labels: Int16Array | null;
  readonly classNames: readonly string[];
}

/** The classes of the whole, or those of a person in their place. */
function classesOf({ labels, classNames, count }: LoadedDataset, derivation: Derivation): Classes {
  if (derivation.classes === undefined) return { labels, classNames };
  const own = new Int16Array(count).fill(NO_LABEL);
  for (const [label, images] of imagesOfClasses(derivation).entries()) for (const image of images) own[image] = label;
  return { labels: own, classNames: derivation.classes.map(({ name }) => name) };
}

/** Without the classes that have no image. */
function withoutEmpty({ labels, classNames }: Classes): Classes {
  if (labels === null) return { labels, classNames };
  const used = [...new Set(labels)].filter((label) => label !== NO_LABEL).sort((a, b) => a - b);
  if (used.length === 0) return { labels: null, classNames: [] };
  const placeOf = new Map(used.map((label, place) => [label, place]));
  return {
    labels: labels.map((label) => placeOf.get(label) ?? NO_LABEL),
    classNames: used.map((label) => classNames[label]),
  };
}

/**
 * Keeps the splits where kNN can ask and vote with them, and makes them anew where it cannot, in place.
 * @returns what the person should know about it
 */
function mendSplit(labels: Int16Array | null, split: Uint8Array, choice: DerivingChoice): string[] {
  const notes: string[] = [];
  if (!split.includes(TRAIN)) {
    split.fill(TRAIN);
    notes.push('The images were all for testing: they are for training now, but for those that are held out anew.');
  }
  if (labels === null) return notes;
  const has = (part: number) => labels.some((label, i) => label !== NO_LABEL && split[i] === part);
  if (has(TEST) && (has(TRAIN) || has(BANK))) return notes;
  for (const [i, part] of split.entries()) if (part === BANK) split[i] = TEST;
  const hadTest = has(TEST);
  const chosen = chooseQueries(labels, split, choice);
  if (notes.length === 0 && chosen.length === 0 && !hadTest && has(TEST)) {
    notes.push('None of the images with a class was for testing: about 15 % of each class are held out for kNN.');
  }
  return [...notes, ...chosen];
}

/**
 * Derives a data set without reading a picture. It depends on the arguments only, so that a run on it can be resumed wherever the whole is.
 * @throws ImportError where the derivation was made of other images, or too few for two batches are left to train on
 */
export function deriveImages(whole: LoadedDataset, derivation: Derivation, choice: DerivingChoice): DerivedImages {
  if (orderOf(whole) !== derivation.of) {
    throw new ImportError(
      `These are not the images of “${derivation.from}” among which some were chosen: others were added, removed or left out since.`,
    );
  }
  const chosen = chosenImages(derivation);
  const indices = Uint32Array.from(chosen ?? whole.names.keys());
  const all = classesOf(whole, derivation);
  const facts = factsOf({ names: whole.names, labels: all.labels, split: whole.split }, indices);
  const classes = withoutEmpty({ labels: facts.labels, classNames: all.classNames });
  const { split } = facts;
  const groups = () => {
    const ofWhole = choice.groups();
    return indices.map((i) => ofWhole[i]);
  };
  const notes = mendSplit(classes.labels, split, { ...choice, groups });
  const trainable = split.filter((part) => part === TRAIN).length;
  if (!areEnough(trainable, choice.batchSize)) {
    const few = `Only ${counted(trainable, 'image')} to train on: a run needs at least two batches, ${2 * choice.batchSize} images.`;
    throw new ImportError(`${few} ${adviceOnFew(trainable)}`, [], fittingBatch(trainable));
  }
  const own: Derivation = { ...derivation, from: whole.name };
  const shared = {
    ...pictures(whole, indices),
    source: whole.source,
    count: indices.length,
    names: facts.names,
    ...classes,
    split,
    derivation: own,
    name: derivedName(own),
  };
  return { dataset: { ...shared, size: largestShortSide(shared) }, notes };
}

/** Some of the pictures: their places in the same bytes, or their numbers in the same reader. */
function pictures(whole: LoadedDataset, indices: Uint32Array) {
  const { widths, heights, facts } = whole;
  const shown = {
    widths: Uint16Array.from(indices, (i) => widths[i]),
    heights: Uint16Array.from(indices, (i) => heights[i]),
    facts: facts && selectedFacts(facts, [...indices]),
  };
  if ('reader' in whole) return { ...shown, reader: whole.reader, numbers: indices.map((i) => whole.numbers[i]) };
  return { ...shown, pixels: whole.pixels, offsets: indices.map((i) => whole.offsets[i]) };
}
