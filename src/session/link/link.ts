import { runIn } from '../../domain/places';
import { LIVE_KEYS, type RunConfig } from '../../domain/runConfig';
import { decodeShareLink, encodeShareLink, type FolderReference, type SharedRun } from '../../domain/shareLink';
import type { WarmStart } from '../../domain/warmStart';
import type { DatasetStoreState } from '../data/datasetStore';
import { liveSettings, type RunStoreState } from '../run/runStore';

/** The folder that a link names: the one in use, or the one that the opened link still asks for. */
function folderOf({ info, plan, wanted }: DatasetStoreState): FolderReference | null {
  if (wanted !== null) return wanted;
  if (info === null || info.source.kind !== 'folder') return null;
  const { name, count, fingerprint } = info.source;
  return { name, count, fingerprint, corrections: plan?.corrections };
}

/**
 * The link of the run on the page with its changes in flight; a pending change is listed at the current step.
 * @param warmStart the weights that it begins with, for a link that is given away: the page's own address does without, since the run is kept
 */
export function linkOf(run: RunStoreState, data: DatasetStoreState, warmStart?: WarmStart): string {
  const { config, step, pending } = run;
  const asked = run.active === null ? [] : Object.keys(pending);
  const live = liveSettings(run);
  const changes = [...run.changes];
  // Until the run is started, the whole sample takes the place of its first part.
  let shown = data.part?.isFixed === false ? { ...config, images: 0 } : config;
  for (const key of LIVE_KEYS) {
    if (!asked.includes(key)) continue;
    if (step === 0) shown = { ...shown, [key]: live[key] };
    else changes.push([step, key, live[key]]);
  }
  const folder = config.dataset === 'folder' ? folderOf(data) : null;
  return encodeShareLink({
    config: shown,
    changes,
    folder,
    derivation: (data.wanted ?? data.info)?.derivation,
    warmStart,
  });
}

export interface OpenedLink {
  readonly run: SharedRun;
  readonly notices: readonly string[];
  /** Whether the link itself names the preset; else the page may choose one that fits the adapter. */
  readonly namesPreset: boolean;
  /** Whether the address has no settings. */
  readonly isFirstVisit: boolean;
}

/**
 * What a first visit opens instead of the preset's values, as a link would. With 64 dimensions the classes of Fashion-MNIST lie apart on a ring
 * after 150 steps, and a collapse is one dot. With 3 a healthy run looks like two opposite groups, much like a dimensional collapse; the
 * emoji take longer both to come apart and to collapse.
 */
const FIRST_VISIT = { outputDim: 64 } as const satisfies Partial<RunConfig>;

/** Reads a URL hash; never throws. One without settings opens the run of a first visit. */
export function openLink(hash: string): OpenedLink {
  const { run: linked, notices } = decodeShareLink(hash);
  const isFirstVisit = runIn(hash) === '';
  const run = isFirstVisit ? { ...linked, config: { ...linked.config, ...FIRST_VISIT } } : linked;
  return { run, notices, namesPreset: new URLSearchParams(hash.replace(/^#/, '')).has('preset'), isFirstVisit };
}
