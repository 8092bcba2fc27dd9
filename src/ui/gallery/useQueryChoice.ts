import { useLab, useRun } from '../lab';

/** Makes an image the query at a position. If it is a query already, the two change places, so that no query appears twice. */
export function useQueryChoice(): (position: number, index: number) => void {
  const lab = useLab();
  const queries = useRun((run) => run.queries);
  return (position, index) => {
    const replaced = queries[position];
    lab.setQueries(
      queries.map((query, i) =>
        i === position ? index : query === index && replaced !== undefined ? replaced : query,
      ),
    );
  };
}
