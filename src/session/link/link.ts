import { LIVE_KEYS } from '../../domain/runConfig';
import { decodeShareLink, encodeShareLink, type FolderReference, type SharedRun } from '../../domain/shareLink';
import type { DatasetStoreState } from '../data/datasetStore';
import { liveSettings, type RunStoreState } from '../run/runStore';

/** The folder that a link names: the one in use, or the one that the opened link still asks for. */
function folderOf({ info, plan, wanted }: DatasetStoreState): FolderReference | null {
  if (wanted !== null) return wanted;
  if (info === null || info.source.kind !== 'folder') return null;
  const { name, count, fingerprint } = info.source;
  return { name, count, fingerprint, corrections: plan?.corrections };
}

/** The link of the run on the page with its changes in flight; a pending change is listed at the current step. */
export function linkOf(run: RunStoreState, data: DatasetStoreState): string {
  const { config, step, pending } = run;
  const asked = run.active === null ? [] : Object.keys(pending);
  const live = liveSettings(run);
  const changes = [...run.changes];
  let shown = config;
  for (const key of LIVE_KEYS) {
    if (!asked.includes(key)) continue;
    if (step === 0) shown = { ...shown, [key]: live[key] };
    else changes.push([step, key, live[key]]);
  }
  return encodeShareLink({ config: shown, changes, folder: config.dataset === 'folder' ? folderOf(data) : null });
}

export interface OpenedLink {
  readonly run: SharedRun;
  readonly notices: readonly string[];
  /** Whether the link itself names the preset; else the page may choose one that fits the adapter. */
  readonly namesPreset: boolean;
}

/** Reads a URL hash; never throws. */
export function openLink(hash: string): OpenedLink {
  const { run, notices } = decodeShareLink(hash);
  return { run, notices, namesPreset: new URLSearchParams(hash.replace(/^#/, '')).has('preset') };
}
