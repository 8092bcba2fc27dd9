import { COPY_LENGTH, copiesAreAlike, shrink, writeCopy } from '../../src/data/import/pictureHash';

/**
 * The correlation on 16 x 16 pixels from which two emoji count as near twins. Lower than for a person's own images: it takes in faces
 * that differ in the mouth only, clocks by the hour and flags by one star, which a network can tell from each other but kNN on raw
 * pixels cannot.
 */
const ALIKE = 0.975;

/** @param images RGB bytes, `side` x `side`; the list has the indices of each image's near twins */
export function nearTwins(images: readonly Uint8Array[], side: number): number[][] {
  const copies = images.map(() => new Int16Array(COPY_LENGTH));
  const twins = images.map((image, i): number[] => {
    const rgba = Uint8Array.from({ length: side * side * 4 }, (_, k) =>
      (k & 3) === 3 ? 255 : image[(k >> 2) * 3 + (k & 3)],
    );
    writeCopy(shrink(rgba, side, side), side * side, copies[i]);
    return [];
  });
  for (let a = 0; a < images.length; a++) {
    for (let b = a + 1; b < images.length; b++) {
      if (!copiesAreAlike(copies[a], copies[b], ALIKE)) continue;
      twins[a].push(b);
      twins[b].push(a);
    }
  }
  return twins;
}
