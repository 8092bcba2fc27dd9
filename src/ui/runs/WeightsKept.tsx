import { NativeSelect, Text } from '@mantine/core';
import { counted } from '../../domain/counted';
import { formatBytes } from '../../formats/bytes';
import { BUDGETS } from '../../session/keeping/keptRuns';
import { KEEPING_PROBLEMS } from '../../session/keeping/problemWords';
import { useKeptRuns, useLab, useRun } from '../lab';
import classes from './Runs.module.css';

/** How much the weights of all runs take, and the limit that the person sets. */
export function WeightsKept() {
  const lab = useLab();
  const runs = useKeptRuns((state) => state.runs);
  const budget = useKeptRuns((state) => state.budget);
  const problem = useRun(({ kept }) => kept?.problem ?? null);
  if (runs.size === 0 && problem === null) return null;
  const bytes = [...runs.values()].flatMap(({ steps }) => steps).reduce((sum, kept) => sum + kept.bytes, 0);
  return (
    <div className={classes.weights}>
      <Text size="sm" c="dimmed">
        Weights of {counted(runs.size, 'run')} are kept on this computer: {formatBytes(bytes)} of at most
      </Text>
      <NativeSelect
        size="xs"
        aria-label="Limit for kept weights"
        value={budget}
        onChange={(event) => lab.keptRuns.setBudget(Number(event.currentTarget.value))}
        data={BUDGETS.map((choice) => ({ value: String(choice), label: formatBytes(choice) }))}
      />
      {problem !== null && (
        <Text size="sm" role="status">
          {KEEPING_PROBLEMS[problem]}
        </Text>
      )}
    </div>
  );
}
