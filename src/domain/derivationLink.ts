import { type Derivation, derivationSchema } from './derivation';

/** The keys of a link that say how its images are derived; the key of classes occurs once a class, in their order. */
export const DERIVATION_KEYS = { of: 'whole', images: 'chosen', classes: 'labels' } as const;

/** Adds a derivation to a link, without the names of classes, which may be names of people. */
export function addToLink({ of, images, classes = [] }: Derivation, hash: URLSearchParams): void {
  hash.set(DERIVATION_KEYS.of, of);
  if (images !== undefined) hash.set(DERIVATION_KEYS.images, images);
  for (const own of classes) hash.append(DERIVATION_KEYS.classes, own.images);
}

/**
 * The derivation in a link; null where there is none. Classes are named by their numbers.
 * @param from the name of the whole
 * @throws Error where it cannot be read
 */
export function derivationIn(hash: URLSearchParams, from: string): Derivation | null {
  const { of, images, classes } = DERIVATION_KEYS;
  if (![of, images, classes].some((key) => hash.has(key))) return null;
  const own = hash.getAll(classes).map((packed, i) => ({ name: `class ${i + 1}`, images: packed }));
  return derivationSchema.parse({
    from,
    of: hash.get(of),
    images: hash.get(images) ?? undefined,
    classes: own.length === 0 ? undefined : own,
  });
}
