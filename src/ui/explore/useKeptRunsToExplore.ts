import { useEffect, useMemo } from 'react';
import { namesAmong } from '../../session/archive/describeRun';
import type { KeptRunToExplore } from '../../session/exploring/exploringStore';
import { useArchive, useKeptRuns, useLab, useRun } from '../lab';
import { grouped } from '../numbers';

/** A kept run as it is listed. */
export interface ListedKeptRun extends KeptRunToExplore {
  /** “by stop-gradient off, step 300” */
  readonly label: string;
}

/** The kept runs whose weights can be read, without the one on the page, the last written first. */
export function useKeptRunsToExplore(): readonly ListedKeptRun[] {
  const { keptRuns } = useLab();
  const pointers = useKeptRuns((state) => state.runs);
  const records = useArchive((state) => state.runs);
  const onPage = useRun((run) => run.active?.keptId);
  // Another tab may have kept or deleted runs.
  useEffect(() => void keptRuns.refresh(), [keptRuns]);
  return useMemo(() => {
    const names = namesAmong(records);
    return [...pointers.values()].flatMap(({ id, last }) => {
      const name = names.get(id);
      if (id === onPage || name === undefined) return [];
      return [{ id, name, label: `by ${name}, step ${grouped(last)}` }];
    });
  }, [pointers, records, onPage]);
}
