import type { FolderCorrections, FolderRole } from '../../domain/folderCorrections';
import type { FolderPlan } from '../../domain/folderPlan';
import type { LabelRule } from '../../domain/runConfig';
import { allFolders, correctedRoles, folderOf, upwards } from './directories';
import { labelsByFirstFolder } from './firstFolder';
import { normalName } from './folderWords';
import { planFolders } from './planFolders';

/** The labels and splits of images before any are held out, and how their folders were read. */
export interface LabelledImages {
  readonly labels: Int16Array | null;
  readonly classNames: readonly string[];
  readonly split: Uint8Array;
  /** Per image why it is left out, as the end of a sentence that begins with its path; null for images that are used. */
  readonly leftOut: readonly (string | null)[];
  readonly plan: FolderPlan;
}

const NO_ROLES: ReadonlyMap<string, Exclude<FolderRole, 'use'>> = new Map();

/** Number of images in and below each folder. */
function countsOf(paths: readonly string[]): Map<string, number> {
  const own = new Map<string, number>();
  for (const path of paths) {
    const folder = folderOf(normalName(path));
    own.set(folder, (own.get(folder) ?? 0) + 1);
  }
  const counts = new Map<string, number>();
  for (const [folder, count] of own) {
    for (const above of upwards(folder)) counts.set(above, (counts.get(above) ?? 0) + count);
  }
  return counts;
}

function reasonOf(folder: string, corrected: boolean): string {
  const where = folder === '' ? 'the folder' : `the folder “${folder}”`;
  return corrected
    ? `is left out, as you asked for ${where}`
    : `is left out: ${where} is named as one of masks or annotations of the other images`;
}

/**
 * Labels images by the names of their folders.
 * @param paths paths of all images below the dropped root
 * @param rule `first` as earlier versions did, without corrections and without leaving anything out
 * @param corrections places in the sorted list of the folders; where one is not in the list, none is used
 */
export function labelImages(paths: readonly string[], rule: LabelRule, corrections: FolderCorrections): LabelledImages {
  const folders = allFolders(paths);
  const counts = countsOf(paths);
  const described = (roles: ReadonlyMap<string, FolderPlan['folders'][number]['role']>): FolderPlan['folders'] =>
    folders.map((path) => ({ path, images: counts.get(path) ?? 0, role: roles.get(path) ?? null }));
  if (rule === 'first') {
    const plan = {
      folders: described(NO_ROLES),
      masks: 0,
      corrections: [],
      isMisfit: corrections.length > 0,
      notes: [],
    };
    return { ...labelsByFirstFolder(paths), leftOut: paths.map(() => null), plan };
  }
  const asked = correctedRoles(folders, corrections);
  const corrected = asked ?? NO_ROLES;
  const { labels, classNames, split, leftOut, maskOf, roles, notes } = planFolders(paths, corrected);
  return {
    labels,
    classNames,
    split,
    leftOut: leftOut.map((folder, i) => {
      const picture = maskOf[i];
      if (picture !== null) return `is left out: it is named as a mask or annotation of “${picture}” beside it`;
      return folder === null ? null : reasonOf(folder, corrected.get(folder) === 'out');
    }),
    plan: {
      folders: described(roles),
      masks: maskOf.filter((picture) => picture !== null).length,
      corrections: asked === null ? [] : corrections,
      isMisfit: asked === null,
      notes,
    },
  };
}
