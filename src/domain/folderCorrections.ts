import { z } from './zod';

/** What a person says a folder is: a class, a split, left out, or used although it is named as one of masks or annotations. */
export const FOLDER_ROLES = ['class', 'train', 'test', 'out', 'use'] as const;
export type FolderRole = (typeof FOLDER_ROLES)[number];

/** A person's correction of one folder, named by its place: links and records must not hold names of folders. */
export interface FolderCorrection {
  /** Index in the sorted list of all folders of the data set. */
  readonly position: number;
  readonly role: FolderRole;
}

/** Corrections of different folders, by position. */
export type FolderCorrections = readonly FolderCorrection[];

/** Corrections as they are stored. */
export const folderCorrections = z
  .array(z.object({ position: z.int().min(0), role: z.enum(FOLDER_ROLES) }))
  .refine((list) => list.every(({ position }, i) => i === 0 || position > (list[i - 1]?.position ?? 0)));

/** Corrections as text for a link, e.g. `3:test,5:out`. */
export function correctionsText(corrections: FolderCorrections): string {
  return corrections.map(({ position, role }) => `${position}:${role}`).join(',');
}

/**
 * Reads `correctionsText`.
 * @throws Error when the text holds anything but rising positions with known roles
 */
export function parseCorrections(text: string): FolderCorrections {
  return folderCorrections.parse(
    text.split(',').map((part) => {
      const [, position, role] = /^(\d+):(\w+)$/.exec(part) ?? [];
      return { position: Number(position), role };
    }),
  );
}

/** The corrections with another one; `role` null removes that of the position. */
export function withCorrection(
  corrections: FolderCorrections,
  position: number,
  role: FolderRole | null,
): FolderCorrections {
  const others = corrections.filter((correction) => correction.position !== position);
  const all = role === null ? others : [...others, { position, role }];
  return all.sort((a, b) => a.position - b.position);
}
