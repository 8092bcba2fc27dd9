import { useMemo } from 'react';
import type { RunRecord } from '../../storage/runRecord';
import { useArchive, useLab, useRun } from '../lab';

/** The run on the page as it would be kept now; null before its first step. */
export function useLiveRun(): RunRecord | null {
  const { archive } = useLab();
  const live = useArchive((state) => state.live);
  const run = useRun((state) => state);
  // `archive.current` reads both.
  return useMemo(() => (live === null || run.active === null ? null : archive.current()), [archive, live, run]);
}
