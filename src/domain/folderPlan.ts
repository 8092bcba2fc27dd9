import type { FolderCorrections, FolderRole } from './folderCorrections';

/** A folder of a person's own images, and what it was taken for. */
export interface PlannedFolder {
  /** Below the dropped root, which has an empty path. */
  readonly path: string;
  /** Number of images in it and below it. */
  readonly images: number;
  /** null for a folder that only wraps others, or lies within a class. */
  readonly role: Exclude<FolderRole, 'use'> | null;
}

/** How the folders of a person's own images were read. */
export interface FolderPlan {
  /** Every folder that images lie in, and those around them, sorted by path: corrections name places in this list. */
  readonly folders: readonly PlannedFolder[];
  /** Number of images left out as masks of pictures in the same folder; a folder that is to be used keeps its own. */
  readonly masks: number;
  /** The person's corrections that are in effect. */
  readonly corrections: FolderCorrections;
  /** Whether corrections were asked for that this folder has no places for; then none is in effect. */
  readonly isMisfit: boolean;
  /** What the person should know about classes and splits, in sentences. */
  readonly notes: readonly string[];
}
