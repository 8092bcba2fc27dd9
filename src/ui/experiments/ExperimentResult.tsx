import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useId } from 'react';
import type { Experiment, Figure, Verdict } from '../../domain/experiments/experiment';
import { differingPaths } from '../../domain/fields';
import { type Cell, csvOf } from '../../formats/csv';
import { type QueuedRun, type RunResults, resultsOf } from '../../session/experiments/experimentStore';
import { useExperiment, useLab, useRun } from '../lab';
import { grouped, inWords, NOT_YET } from '../numbers';
import { saveCsv } from '../save/saveFile';
import classes from './Experiments.module.css';

const OUTCOMES: Record<Verdict['outcome'], string> = {
  reproduces: 'Reproduced.',
  partly: 'Partly reproduced.',
  'does not': 'Not reproduced.',
  'cannot tell': 'No verdict.',
};

/** Of a question that the paper does not ask. */
const EXPECTATIONS: typeof OUTCOMES = {
  reproduces: 'As expected.',
  partly: 'Partly as expected.',
  'does not': 'Not as expected.',
  'cannot tell': 'No verdict.',
};

/** A figure with its standard error where it has one, e.g. “63.7 ± 0.9”. */
function written(figure: Figure | null | undefined, decimals: number, scale = 1): string {
  if (figure === null || figure === undefined) return NOT_YET;
  const { value, standardError } = figure;
  const error = standardError > 0 ? ` ± ${inWords(scale * standardError, decimals)}` : '';
  return `${inWords(scale * value, decimals)}${error}`;
}
const percent = (figure: Figure | null | undefined) => {
  const text = written(figure, 1, 100);
  return text === NOT_YET ? text : `${text}\u00A0%`;
};

/** The results of the runs so far beside the paper's figures, and the verdict once all runs have ended. */
export function ExperimentResult({ experiment }: { readonly experiment: Experiment }) {
  const runs = useExperiment((state) => state.runs);
  const verdict = useExperiment((state) => state.verdict);
  const captionId = useId();
  const outcomes = experiment.isOfPaper === false ? EXPECTATIONS : OUTCOMES;
  return (
    <>
      <p className={classes.caption} id={captionId}>
        {experiment.title}. Loss, std·√d (1: spread evenly, 0: collapsed), effective rank of z, kNN accuracy and the
        linear evaluation were measured in these runs. With several seeds the table has means with their standard error
        over seeds and queries, and the bands on the charts are one standard deviation over seeds to either side. The
        column “Paper” is linear accuracy: ImageNet, ResNet-50, 100 epochs.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable by keyboard */}
      <section className={classes.scroll} aria-label="Results of the experiment" tabIndex={0}>
        <table className={classes.table} aria-labelledby={captionId} data-testid="experiment-result">
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
            {resultsOf(runs).map((results) => (
              <Row key={results.run.id} {...results} />
            ))}
          </tbody>
        </table>
      </section>
      {verdict !== null && (
        <p className={classes.verdict} role="status" data-testid="experiment-verdict" data-outcome={verdict.outcome}>
          <strong>{outcomes[verdict.outcome]}</strong> {verdict.text}
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

/** The current table for saving, a row for each seed of each run, with full precision; kNN as a share. */
export function resultTable(runs: readonly QueuedRun[]): Cell[][] {
  const head = [
    'run',
    'seed',
    'state',
    'steps',
    'loss',
    'std·√d',
    'effective rank',
    'kNN',
    'kNN standard error',
    'untrained kNN',
    'linear probe',
    'linear probe standard error',
    'paper, linear %',
  ];
  const rows = runs.map(({ run, config, state, summary }) => [
    run.label,
    config.seed,
    state,
    summary?.steps,
    summary?.loss?.value,
    summary?.relativeStd?.value,
    summary?.effectiveRank?.value,
    summary?.knn?.value,
    summary?.knn?.standardError,
    summary?.untrainedKnn?.value,
    summary?.probe?.value,
    summary?.probe?.standardError,
    run.paper ?? undefined,
  ]);
  return [head, ...rows];
}

/** “finished, 300 steps”; of several seeds, how many have ended in which way. */
function endWords(seeds: readonly QueuedRun[]): string {
  const [first] = seeds;
  if (first !== undefined && seeds.length === 1) {
    const ended = first.summary === null ? first.state : `${first.state}, ${grouped(first.summary.steps)} steps`;
    return first.note === null ? ended : `${ended}: ${first.note}`;
  }
  const states = [...new Set(seeds.map(({ state }) => state))];
  const counts = states.map((state) => `${seeds.filter((queued) => queued.state === state).length} ${state}`);
  const notes = [...new Set(seeds.flatMap(({ note }) => note ?? []))];
  return [`${seeds.length} seeds: ${counts.join(', ')}`, ...notes].join('; ');
}

function Row({ run, seeds, summary }: RunResults) {
  const bad = seeds.some(({ state }) => state === 'failed' || state === 'diverged');
  return (
    <tr data-state={seeds[0]?.state}>
      <th scope="row">
        {run.label}
        <span className={bad ? classes.bad : classes.dim}>{endWords(seeds)}</span>
      </th>
      <td>{written(summary?.loss, 3)}</td>
      <td>{written(summary?.relativeStd, 2)}</td>
      <td>{written(summary?.effectiveRank, 1)}</td>
      <td>
        {percent(summary?.knn)}
        {summary !== null && summary.untrainedKnn !== null && (
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
