import { CloseButton, Progress, Text } from '@mantine/core';
import { useLab, useOpening } from '../lab';
import classes from './DataPanel.module.css';

/** The file that is being checked before it is opened, or why the last one could not be. */
export function OpeningStatus() {
  const lab = useLab();
  const checking = useOpening((state) => state.checking);
  const problem = useOpening((state) => state.problem);
  if (checking !== null) {
    const { name, share } = checking;
    return (
      <div className={classes.load}>
        <Text size="sm" fw={600} truncate>
          Checking {name}
        </Text>
        <Progress
          mt={6}
          size="sm"
          value={share === null ? 100 : 100 * share}
          animated={share === null}
          aria-label="File checked"
        />
      </div>
    );
  }
  if (problem === null) return null;
  return (
    <div className={classes.problem} role="alert" data-testid="opening-problem">
      <div className={classes.row}>
        <span className={classes.lines}>{problem}</span>
        <CloseButton size="sm" aria-label="Dismiss this problem" onClick={() => lab.opening.dismissProblem()} />
      </div>
    </div>
  );
}
