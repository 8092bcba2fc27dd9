import { useMemo } from 'react';
import { namesAmong, runName } from '../../session/archive/describeRun';
import type { RunRecord } from '../../storage/runRecord';
import { useArchive, useLab, useRun } from '../lab';

/** Names of runs by what differs among all that are listed. */
export function useRunNames(): (run: RunRecord) => string {
  const { archive } = useLab();
  const runs = useArchive((state) => state.runs);
  const live = useArchive((state) => state.live);
  // What the name of the run on the page depends on.
  const active = useRun((run) => run.active);
  const changes = useRun((run) => run.changes);
  return useMemo(() => {
    const current = live === null || active === null || changes === null ? null : archive.current();
    const names = namesAmong(current === null ? runs : [current, ...runs]);
    return (run) => names.get(run.id) ?? runName(run);
  }, [archive, runs, live, active, changes]);
}
