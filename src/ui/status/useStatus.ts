import { useThrottledValue } from '@mantine/hooks';
import { startProblem } from '../../session/run/startProblem';
import { useDataset, useEngine, useRun } from '../lab';
import { type StatusInput, statusOf } from './statusText';

/** The status of the page, from a run that is read at most every `ms` milliseconds, with what it was made from. */
export function useStatus(ms: number) {
  const engine = useEngine((state) => state);
  const data = useDataset((state) => state);
  const run = useThrottledValue(
    useRun((state) => state),
    ms,
  );
  const input: StatusInput = { engine, data, run, problem: startProblem(run.config, data) };
  return { ...input, status: statusOf(input) };
}
