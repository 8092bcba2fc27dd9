import { counted } from '../../domain/counted';
import { chosenImages, countOfWhole, type Derivation, imagesOfClasses, orderOf } from '../../domain/derivation';
import type { DatasetInfo } from '../../domain/imageDataset';
import { packImages } from '../../domain/imageRanges';
import type { DatasetStore } from '../data/datasetStore';
import { type NoticeStore, notify } from '../noticeStore';
import type { KeptSelection } from './keptSelections';

/** What deriving images needs of the lab. */
export interface DerivingLab {
  readonly datasetStore: DatasetStore;
  readonly noticeStore: NoticeStore;
  /** Which place the page shows. */
  readonly placeStore: { setState(state: { readonly place: 'train' }): void };
  /** Builds a new run on derived images. Resolves with why it could not; null where it did. */
  trainOnDerived(derivation: Derivation | null): Promise<string | null>;
}

/** The derivation of the images in use, or the one that leaves them as they are. */
function derivationOf(info: DatasetInfo): Derivation {
  return info.derivation ?? { from: info.name, of: orderOf(info) };
}

/** null where nothing is left of it, so that the images are those that were loaded. */
function simplified(derivation: Derivation): Derivation | null {
  const { images, classes } = derivation;
  return images === undefined && classes === undefined ? null : derivation;
}

/** Indices in the data set in use as rising indices in the whole. */
function inWhole(derivation: Derivation, images: Iterable<number>): number[] {
  const chosen = chosenImages(derivation);
  const all = [...images];
  return (chosen === null ? all : all.map((image) => chosen[image])).sort((a, b) => a - b);
}

/** The images in use with only these of them. */
export function withImages(info: DatasetInfo, images: readonly number[]): Derivation | null {
  const derivation = derivationOf(info);
  const count = countOfWhole(derivation);
  const whole = inWhole(derivation, images);
  const { images: _, ...rest } = derivation;
  return simplified(whole.length === count ? rest : { ...rest, images: packImages(whole, count) });
}

/**
 * The images in use with these selections as classes. An image in several of them belongs to the first.
 * @returns also the number of such images
 */
export function withClasses(
  info: DatasetInfo,
  selections: readonly KeptSelection[],
): { readonly derivation: Derivation; readonly inSeveral: number } {
  const derivation = derivationOf(info);
  const count = countOfWhole(derivation);
  const taken = new Set<number>();
  const several = new Set<number>();
  const classes = selections.flatMap(({ name, images }) => {
    const own = images.filter((image) => !taken.has(image));
    for (const image of images) if (taken.has(image)) several.add(image);
    for (const image of own) taken.add(image);
    return own.length === 0 ? [] : [{ name, images: packImages(inWhole(derivation, own), count) }];
  });
  return { derivation: { ...derivation, classes }, inSeveral: several.size };
}

/** Acts on images that a person chose: trains on them alone, or makes classes of them. Each has a way back to what was loaded. */
export class Deriving {
  readonly #lab: DerivingLab;

  constructor(lab: DerivingLab) {
    this.#lab = lab;
  }

  /** Builds a new run on these of the images in use, with the present settings, and shows it. */
  async trainOn(images: readonly number[]): Promise<void> {
    const { info } = this.#lab.datasetStore.getState();
    if (info === null || images.length === 0) return;
    const isUsed = await this.#use(withImages(info, images));
    if (!isUsed) return;
    notify(this.#lab.noticeStore, `A new run on ${counted(images.length, 'image')} of “${info.name}” is ready.`);
    this.#lab.placeStore.setState({ place: 'train' });
  }

  /** Makes these selections the classes of the images; those in none of them have no class. Builds a new run. */
  async makeClasses(selections: readonly KeptSelection[]): Promise<void> {
    const { info } = this.#lab.datasetStore.getState();
    if (info === null || selections.length === 0) return;
    const { derivation, inSeveral } = withClasses(info, selections);
    if (!(await this.#use(derivation))) return;
    const { classes = [] } = derivation;
    const labelled = imagesOfClasses(derivation).reduce((sum, images) => sum + images.length, 0);
    const several =
      inSeveral === 0 ? '' : ` ${counted(inSeveral, 'image')} in several selections: the first in the list counts.`;
    const text = `${counted(classes.length, 'selection is a class', 'selections are classes')} now, with ${counted(labelled, 'image')}; all others have no class. A new run is ready.${several}`;
    notify(this.#lab.noticeStore, text);
  }

  /** Goes back to all images that were loaded, with the classes in use. */
  async takeAll(): Promise<void> {
    const { info } = this.#lab.datasetStore.getState();
    if (info?.derivation === undefined) return;
    const { images: _, ...rest } = info.derivation;
    await this.#use(simplified(rest));
  }

  /** Goes back to the classes of the images as they were loaded. */
  async takeClassesOfWhole(): Promise<void> {
    const { info } = this.#lab.datasetStore.getState();
    if (info?.derivation === undefined) return;
    const { classes: _, ...rest } = info.derivation;
    await this.#use(simplified(rest));
  }

  async #use(derivation: Derivation | null): Promise<boolean> {
    const problem = await this.#lab.trainOnDerived(derivation);
    if (problem === null) return true;
    notify(this.#lab.noticeStore, problem);
    return false;
  }
}
