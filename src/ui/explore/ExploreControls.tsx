import { Button, NativeSelect } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import type { ExploredBy } from '../../domain/exploration';
import { useDataset, useEngine, useExploring, useLab, useOpening, useRun } from '../lab';
import { grouped } from '../numbers';
import classes from './ExplorePlace.module.css';
import { OpenedWeights } from './opened/OpenedWeights';
import { TaskProgress } from './TaskProgress';
import { useKeptRunsToExplore } from './useKeptRunsToExplore';

const BY = ['run', 'pixels', 'opened'] as const satisfies readonly ExploredBy[];
/** Begins the value of a kept run. */
const KEPT = 'kept:';
/** The step on the button changes at most so often, in milliseconds. */
const UPDATE_MS = 250;

/** By what the images are compared, and the button that compares them anew, or its progress. */
export function ExploreControls() {
  const { exploring } = useLab();
  const by = useExploring((state) => state.by);
  const byKept = useExploring((state) => state.byKept);
  const opened = useOpening((state) => state.openedEncoder);
  const keptRuns = useKeptRunsToExplore();
  const task = useExploring((state) => state.task);
  const exploration = useExploring((state) => state.exploration);
  const exploredKept = useExploring((state) => state.exploredKept);
  const step = useThrottledValue(
    useRun((run) => run.step),
    UPDATE_MS,
  );
  const words: Readonly<Record<ExploredBy, string>> = {
    run: `this run, step ${grouped(step)}`,
    pixels: 'raw pixels',
    opened: byKept?.name ?? opened?.name ?? 'an opened encoder',
  };
  const isCurrent =
    exploration?.by === by && exploredKept === (byKept?.id ?? null) && (by !== 'run' || exploration.step === step);
  const isFileOpen = opened !== null && opened.keptId === null;
  return (
    <div className={classes.controls}>
      <OpenedWeights />
      {task === null ? (
        <>
          {exploration !== null && !isCurrent && (
            <ExploreButton
              isSmall
              words={by === 'run' ? `Update to step ${grouped(step)}` : `Explore by ${words[by]}`}
            />
          )}
          {exploration !== null && isCurrent && <span className={classes.current}>up to date</span>}
        </>
      ) : (
        exploration !== null && <TaskProgress task={task} />
      )}
      {(task === null || exploration === null) && (
        <NativeSelect
          size="xs"
          aria-label="Compare images by"
          className={classes.by}
          value={byKept === null ? by : KEPT + byKept.id}
          disabled={task !== null}
          onChange={({ currentTarget }) => {
            const { value } = currentTarget;
            const run = keptRuns.find(({ id }) => value === KEPT + id);
            const next = BY.find((each) => each === value);
            if (run !== undefined) exploring.compareByKept(run);
            else if (next !== undefined) exploring.compareBy(next);
          }}
          data={[
            ...BY.filter((each) => each !== 'opened' || isFileOpen || (by === 'opened' && byKept === null)).map(
              (value) => ({ value: value as string, label: `by ${words[value]}` }),
            ),
            ...(keptRuns.length === 0
              ? []
              : [{ group: 'Kept runs', items: keptRuns.map(({ id, label }) => ({ value: KEPT + id, label })) }]),
          ]}
        />
      )}
    </div>
  );
}

interface ExploreButtonProps {
  readonly words: string;
  readonly isSmall?: boolean;
}

/** Starts an exploration, where one is possible. */
export function ExploreButton({ words, isSmall = false }: ExploreButtonProps) {
  const { exploring } = useLab();
  const by = useExploring((state) => state.by);
  const hasRun = useRun((run) => run.active !== null);
  const hasImages = useDataset((data) => data.info !== null);
  const isReady = useEngine((engine) => engine.state === 'ready');
  return (
    <Button
      size={isSmall ? 'xs' : 'md'}
      leftSection={isSmall ? <IconRefresh size={15} aria-hidden /> : undefined}
      disabled={!isReady || !hasImages || (by === 'run' && !hasRun)}
      onClick={() => void exploring.explore()}
    >
      {words}
    </Button>
  );
}
