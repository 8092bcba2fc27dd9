import { counted } from './counted';
import { unpackImages } from './imageRanges';
import { z } from './zod';

/** A class that a person made, of images that they chose. */
export interface OwnClass {
  readonly name: string;
  /** Images of the whole (`packImages`), in no other class. */
  readonly images: string;
}

/**
 * How a data set is derived from another one, the whole, as it was loaded by the same settings and corrections of folders: some of its
 * images, other classes, or both.
 */
export interface Derivation {
  /** The name of the whole. */
  readonly from: string;
  /** `orderOf` the whole, which the indices refer to. */
  readonly of: string;
  /** Its images that are used (`packImages`); all where left out. */
  readonly images?: string | undefined;
  /** The classes in place of those of the whole; images in none of them have no class. The whole's where left out. */
  readonly classes?: readonly OwnClass[] | undefined;
}

const ORDER = /^\d{1,7}-[0-9a-f]{1,8}$/;

/** A derivation as it is stored. */
export const derivationSchema = z
  .object({
    from: z.string(),
    of: z.string().regex(ORDER),
    images: z.string().optional(),
    classes: z
      .array(z.object({ name: z.string(), images: z.string() }))
      .min(1)
      .optional(),
  })
  .refine((derivation) => isReadable(derivation)) satisfies z.ZodType<Derivation>;

/**
 * What the order of images is recognised by: the paths in it. 32 bits of FNV-1a and the count; a mix-up would need a person's two folders
 * with as many images to collide.
 */
export function orderOf({ count, names }: { readonly count: number; readonly names: readonly string[] }): string {
  let hash = 0x811c9dc5;
  for (const name of names) {
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x2f, 0x01000193);
  }
  return `${count}-${(hash >>> 0).toString(16)}`;
}

/** The number of images of the whole. */
export function countOfWhole({ of }: Pick<Derivation, 'of'>): number {
  return Number.parseInt(of, 10);
}

/** The indices of the images that are used, in the whole; null where all are. */
export function chosenImages({ of, images }: Pick<Derivation, 'of' | 'images'>): readonly number[] | null {
  return images === undefined ? null : (unpackImages(images, countOfWhole({ of })) ?? []);
}

/** The indices of the images of each class, in the whole. */
export function imagesOfClasses({ of, classes = [] }: Pick<Derivation, 'of' | 'classes'>): (readonly number[])[] {
  return classes.map(({ images }) => unpackImages(images, countOfWhole({ of })) ?? []);
}

function isReadable({ of, images, classes = [] }: Derivation): boolean {
  const count = countOfWhole({ of });
  const read = classes.map((each) => unpackImages(each.images, count));
  if (images !== undefined && unpackImages(images, count) === null) return false;
  const seen = new Set<number>();
  return read.every((each) => each?.every((image) => !seen.has(image) && seen.add(image)) ?? false);
}

/** What tells derivations of one whole apart. Names of classes do not count: a link does not hold them. */
function keyOf(derivation: Derivation | null | undefined): string {
  if (derivation == null) return '';
  const { of, images, classes } = derivation;
  return JSON.stringify([of, images ?? null, classes?.map((own) => own.images) ?? null]);
}

/** Whether two data sets of one whole have the same images and the same classes but for their names. */
export function areDerivedAlike(a: Derivation | null | undefined, b: Derivation | null | undefined): boolean {
  return keyOf(a) === keyOf(b);
}

/** Whether they are also named alike, so that one can stand for the other in a checkpoint. */
export function isSameDerivation(a: Derivation | null | undefined, b: Derivation | null | undefined): boolean {
  const names = (derivation: Derivation | null | undefined) => derivation?.classes?.map(({ name }) => name).join('\n');
  return areDerivedAlike(a, b) && names(a) === names(b);
}

/** The name of the derived data set, e.g. “stickers, 51 chosen”. */
export function derivedName(derivation: Derivation): string {
  const chosen = chosenImages(derivation);
  const parts = [derivation.from];
  if (chosen !== null) parts.push(`${chosen.length} chosen`);
  if (derivation.classes !== undefined) parts.push(counted(derivation.classes.length, 'own class', 'own classes'));
  return parts.join(', ');
}
