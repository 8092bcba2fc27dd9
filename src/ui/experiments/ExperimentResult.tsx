import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { Experiment, Verdict } from '../../domain/experiments/experiment';
import { differingPaths } from '../../domain/fields';
import type { QueuedRun } from '../../session/experiments/experimentStore';
import { useExperiment, useLab, useRun } from '../lab';
import { grouped, inWords, NOT_YET } from '../numbers';
import { type Cell, csvOf } from '../save/csv';
import { saveCsv } from '../save/saveFile';
import classes from './Experiments.module.css';

const OUTCOMES: Record<Verdict['outcome'], string> = {
  reproduces: 'Reproduced.',
  partly: 'Partly reproduced.',
  'does not': 'Not reproduced.',
  'cannot tell': 'No verdict.',
};

const written = (value: number | null | undefined, decimals: number) =>
  typeof value === 'number' ? inWords(value, decimals) : NOT_YET;
const percent = (share: number | null | undefined) =>
  typeof share === 'number' ? `${inWords(100 * share, 1)}\u00A0%` : NOT_YET;

/** The results of the runs so far beside the paper's figures, and the verdict once all runs have ended. */
export function ExperimentResult({ experiment }: { readonly experiment: Experiment }) {
  const runs = useExperiment((state) => state.runs);
  const verdict = useExperiment((state) => state.verdict);
  return (
    <>
      <table className={classes.table} data-testid="experiment-result">
        <caption>
          {experiment.title}. Loss, std·√d (1: spread evenly, 0: collapsed), effective rank of z, kNN accuracy and the
          linear evaluation were measured in these runs. The column “Paper” is linear accuracy: ImageNet, ResNet-50, 100
          epochs.
        </caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Loss</th>
            <th scope="col">std·√d</th>
            <th scope="col">Effective rank</th>
            <th scope="col">kNN</th>
            <th scope="col">Linear probe</th>
            <th scope="col">Paper</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((queued) => (
            <Row key={queued.run.id} {...queued} />
          ))}
        </tbody>
      </table>
      {verdict !== null && (
        <p className={classes.verdict} role="status" data-testid="experiment-verdict" data-outcome={verdict.outcome}>
          <strong>{OUTCOMES[verdict.outcome]}</strong> {verdict.text}
        </p>
      )}
      <div className={classes.buttons}>
        <BackButton />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.7} aria-hidden />}
          disabled={runs.every(({ summary }) => summary === null)}
          onClick={() => saveCsv(experiment.name, csvOf(resultTable(runs)))}
        >
          Save this table as CSV
        </Button>
      </div>
    </>
  );
}

/** The current table for saving, with full precision; kNN as a share. */
export function resultTable(runs: readonly QueuedRun[]): Cell[][] {
  const head = [
    'run',
    'state',
    'steps',
    'loss',
    'std·√d',
    'effective rank',
    'kNN',
    'untrained kNN',
    'linear probe',
    'paper, linear %',
  ];
  const rows = runs.map(({ run, state, summary }) => [
    run.label,
    state,
    ...[
      summary?.steps,
      summary?.loss,
      summary?.relativeStd,
      summary?.effectiveRank,
      summary?.knn,
      summary?.untrainedKnn,
      summary?.probe,
      run.paper,
    ].map((value) => value ?? undefined),
  ]);
  return [head, ...rows];
}

function Row({ run, state, summary, note }: QueuedRun) {
  const ended = summary === null ? state : `${state}, ${grouped(summary.steps)} steps`;
  const bad = state === 'failed' || state === 'diverged';
  return (
    <tr data-state={state}>
      <th scope="row">
        {run.label}
        <span className={bad ? classes.bad : classes.dim}>
          {ended}
          {note === null ? '' : `: ${note}`}
        </span>
      </th>
      <td>{written(summary?.loss, 3)}</td>
      <td>{written(summary?.relativeStd, 2)}</td>
      <td>{written(summary?.effectiveRank, 1)}</td>
      <td>
        {percent(summary?.knn)}
        {typeof summary?.untrainedKnn === 'number' && (
          <span className={classes.dim}>untrained {percent(summary.untrainedKnn)}</span>
        )}
      </td>
      <td>{percent(summary?.probe)}</td>
      <td>
        {run.paper === null ? NOT_YET : `${inWords(run.paper, 1)}\u00A0%`}
        {run.paperNote !== undefined && <span className={classes.dim}>{run.paperNote}</span>}
      </td>
    </tr>
  );
}

/** After an experiment the page has the settings of its last run; this restores the settings from before it. */
function BackButton() {
  const { experiments } = useLab();
  const running = useExperiment(({ phase }) => phase === 'running');
  const before = useExperiment((state) => state.before);
  const config = useRun((run) => run.config);
  if (running || before === null || differingPaths(before, config).length === 0) return null;
  return (
    <Button variant="default" onClick={() => experiments.goBack()}>
      Restore the previous settings
    </Button>
  );
}
