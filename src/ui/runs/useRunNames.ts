import { useCallback } from 'react';
import { namesAmong, runName } from '../../session/archive/describeRun';
import type { RunRecord } from '../../storage/runRecord';
import { useArchive, useLab, useRun } from '../lab';

/** The names made last, and what they were made from: every row of the table asks for the same ones. */
let last: { readonly from: readonly unknown[]; readonly names: ReadonlyMap<string, string> } | null = null;

function namesOnce(from: readonly unknown[], make: () => ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (last === null || from.some((part, i) => part !== last?.from[i])) last = { from, names: make() };
  return last.names;
}

/** Names of runs by what differs among all that are listed. */
export function useRunNames(): (run: RunRecord) => string {
  const { archive } = useLab();
  const runs = useArchive((state) => state.runs);
  const live = useArchive((state) => state.live);
  // What the name of the run on the page depends on.
  const active = useRun((run) => run.active);
  const changes = useRun((run) => run.changes);
  const names = namesOnce([archive, runs, live, active, changes], () => {
    const current = archive.current();
    return namesAmong(current === null ? runs : [current, ...runs]);
  });
  return useCallback((run: RunRecord) => names.get(run.id) ?? runName(run), [names]);
}
