import { createStore } from 'zustand/vanilla';
import type { KeptFolder, UnreadableFolder } from '../../storage/keptImageStorage';

/** What a person chose for own images: to keep them on this computer, or only in the tab. */
export type KeepChoice = 'keep' | 'tab';

/** The person's own images that are in use. */
export interface OwnImages {
  readonly fingerprint: string;
  readonly name: string;
  /** Bytes of the files that are kept, or would be. */
  readonly bytes: number;
}

/** Images that are being written, and how many of their bytes are. */
export interface Keeping extends OwnImages {
  readonly done: number;
}

export interface KeptImagesState {
  /** null until the person has chosen. */
  readonly choice: KeepChoice | null;
  /** Own images in use that can be kept; null where none are, and where the browser stores nothing for this page. */
  readonly own: OwnImages | null;
  /** The images that are kept on this computer, the last kept first. */
  readonly folders: readonly KeptFolder[];
  /** Those that cannot be read. */
  readonly unreadable: readonly UnreadableFolder[];
  readonly keeping: Keeping | null;
  /** Why the last images were not kept. */
  readonly problem: string | null;
}

export type KeptImagesStore = ReturnType<typeof createKeptImagesStore>;

export function createKeptImagesStore(choice: KeepChoice | null) {
  return createStore<KeptImagesState>(() => ({
    choice,
    own: null,
    folders: [],
    unreadable: [],
    keeping: null,
    problem: null,
  }));
}

/** The kept images that are in use; null where those in use are not kept. */
export function keptInUse({ own, folders }: Pick<KeptImagesState, 'own' | 'folders'>): KeptFolder | null {
  return folders.find(({ fingerprint }) => fingerprint === own?.fingerprint) ?? null;
}
