import { NativeSelect, Text } from '@mantine/core';
import { counted } from '../../domain/counted';
import type { KeepingProblem } from '../../domain/keptRun';
import { formatBytes } from '../../formats/bytes';
import { BUDGETS } from '../../session/keeping/keptRuns';
import { useKeptRuns, useLab, useRun } from '../lab';
import classes from './Runs.module.css';

const PROBLEMS: Readonly<Record<KeepingProblem, string>> = {
  full: 'The browser gives this page no more space: the weights of the present run are not kept. Delete runs to make room.',
  unavailable: 'This browser stores nothing for this page: weights are lost when it is closed.',
  'over-budget':
    'The limit is reached: of the present run only the last weights are kept. Delete runs or raise the limit.',
};

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
          {PROBLEMS[problem]}
        </Text>
      )}
    </div>
  );
}
