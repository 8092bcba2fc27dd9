import type { FolderPlan } from '../../domain/folderPlan';
import { fingerprint } from '../import/fingerprint';
import type { ImportSettings } from '../importTypes';
import { stripCommonFolders } from './directories';
import { normalName } from './folderWords';
import { labelImages } from './labelImages';

/** Names and labels of the images that are used, in the order given. */
export interface ReadFolders {
  readonly images: {
    readonly names: readonly string[];
    readonly labels: Int16Array | null;
    readonly classNames: readonly string[];
    /** Before images are held out. */
    readonly split: Uint8Array;
  };
  /** Per given image why it is left out; null for images that are used. */
  readonly leftOut: readonly (string | null)[];
  /** Of all images, including those that are left out, so that it does not depend on corrections. */
  readonly fingerprint: string;
  readonly plan: FolderPlan;
}

/** Reads the folders of images. @param decoded full paths and sizes in bytes of the images that could be decoded, by path */
export function readFolders(
  decoded: readonly { readonly path: string; readonly size: number }[],
  { labelRule, corrections = [], correctionsFor }: Pick<ImportSettings, 'labelRule' | 'corrections' | 'correctionsFor'>,
): ReadFolders {
  const names = stripCommonFolders(decoded.map(({ path }) => path));
  const identity = fingerprint(
    decoded.map(({ size }, i) => ({ path: labelRule === 'first' ? names[i] : normalName(names[i]), size })),
  );
  const areForOthers = correctionsFor !== undefined && correctionsFor !== identity;
  const { leftOut, plan, ...labelled } = labelImages(names, labelRule, areForOthers ? [] : corrections);
  const isUsed = (_: unknown, i: number) => leftOut[i] === null;
  return {
    images: {
      names: names.filter(isUsed),
      labels: labelled.labels?.filter(isUsed) ?? null,
      classNames: labelled.classNames,
      split: labelled.split.filter(isUsed),
    },
    leftOut,
    fingerprint: identity,
    plan,
  };
}
