import { Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { areEnough, fittingBatch } from '../../domain/runProblems';
import { startProblem } from '../../session/run/startProblem';
import { useDataset, useEngine, useLab, useRun } from '../lab';
import { AdapterNote } from './AdapterNote';
import { EngineProblem } from './EngineProblem';
import classes from './Status.module.css';
import { statusOf } from './statusText';

const ICONS = { plain: IconInfoCircle, good: IconCircleCheck, warning: IconAlertTriangle } as const;

/** The state of the run with its start and the numbers that show it, and what to do about a problem. */
export function StatusBar() {
  const engine = useEngine((state) => state);
  const data = useDataset((state) => state);
  const run = useRun((state) => state);
  const problem = startProblem(run.config, data);
  const { state, tone, title, text } = statusOf({ engine, data, run, problem });
  const Icon = ICONS[tone];
  return (
    <div className={classes.stack}>
      <div className={classes.bar} data-testid="status" data-state={state} data-tone={tone}>
        <Icon className={classes.icon} size={20} stroke={1.8} aria-hidden />
        <p className={classes.words} role="status" aria-live="polite">
          <strong>{title}</strong> {text}
        </p>
        {problem !== null && run.active === null && <SmallerBatch />}
      </div>
      <EngineProblem />
      <AdapterNote />
    </div>
  );
}

/** Offers the largest batch size that the images allow, where they are too few for the current one. */
function SmallerBatch() {
  const lab = useLab();
  const batchSize = useRun((run) => run.config.batchSize);
  const info = useDataset((data) => data.info);
  const images = useMemo(() => (info === null ? 0 : indicesOf(info, TRAIN).length), [info]);
  const fitting = fittingBatch(images);
  if (info === null || areEnough(images, batchSize)) return null;
  if (fitting === null) return <Text size="sm">At least eight images are needed.</Text>;
  return (
    <Button size="compact-sm" variant="default" onClick={() => lab.set('batchSize', fitting)}>
      Use a batch size of {fitting}
    </Button>
  );
}
