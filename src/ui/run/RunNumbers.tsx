import { useMemo } from 'react';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { useDataset, useRun } from '../lab';
import { NOT_YET } from '../numbers';
import classes from './RunNumbers.module.css';

const STATE_WORDS = {
  building: 'building',
  paused: 'paused',
  training: 'training',
  finished: 'finished',
  diverged: 'diverged',
  failed: 'failed',
} as const;

/** The run's state, step, epoch and speed. */
export function RunNumbers() {
  const step = useRun((run) => run.step);
  const speed = useRun((run) => run.latest.imagesPerSecond);
  const runState = useRun((run) => run.runState);
  const pausing = useRun((run) => run.intent === 'pause');
  const batchSize = useRun((run) => (run.active?.config ?? run.config).batchSize);
  const info = useDataset((data) => data.info);
  const images = useMemo(() => (info === null ? 0 : indicesOf(info, TRAIN).length), [info]);
  const perEpoch = Math.floor(images / batchSize);
  return (
    <dl className={classes.numbers}>
      <div className={classes.hidden}>
        <dt>state</dt>
        <dd data-testid="run-state" data-state={runState ?? 'none'}>
          {runState === null ? 'preparing' : pausing ? 'pausing …' : STATE_WORDS[runState]}
        </dd>
      </div>
      <div className={classes.step}>
        <dt>step</dt>
        <dd data-testid="metric-step">{step}</dd>
      </div>
      <div className={classes.epoch}>
        <dt>epoch</dt>
        <dd>{perEpoch > 0 ? (step / perEpoch).toFixed(1) : NOT_YET}</dd>
      </div>
      <div className={classes.speed}>
        <dt>images/s</dt>
        <dd data-testid="metric-images-per-second">{speed === undefined ? NOT_YET : formatSpeed(speed)}</dd>
      </div>
    </dl>
  );
}

function formatSpeed(imagesPerSecond: number): string {
  return imagesPerSecond.toFixed(imagesPerSecond < 100 ? 1 : 0);
}
