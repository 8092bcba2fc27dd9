import { useMemo } from 'react';
import type { RunRecord } from '../../storage/runRecord';
import { useArchive, useLab, useRun } from '../lab';

/** The record of the run on the page as of now; null before its first step. */
export function useLiveRun(): RunRecord | null {
  const { archive } = useLab();
  const live = useArchive((state) => state.live);
  const run = useRun((state) => state);
  // Re-renders on changes of both stores, which `archive.current` reads.
  return useMemo(() => (live === null || run.active === null ? null : archive.current()), [archive, live, run]);
}
