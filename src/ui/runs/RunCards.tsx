import { memo } from 'react';
import { RunActions, type RunActionsProps } from './RunActions';
import { RunName } from './RunName';
import { Differences, LiveTick, RunFacts, type RunListProps, RunTick } from './RunParts';
import classes from './Runs.module.css';
import { NUMBER_COLUMNS } from './runColumns';
import { useLiveRun } from './useLiveRun';

/** Runs as cards one below the other, where a table does not fit. */
export function RunCards({ runs, live, say, fork }: RunListProps) {
  return (
    <ul className={classes.cards} aria-label="Runs">
      {live && <LiveCard {...{ say, fork }} />}
      {runs.map((run) => (
        <Card key={run.id} run={run} live={false} {...{ say, fork }} />
      ))}
    </ul>
  );
}

function LiveCard({ say, fork }: Pick<RunListProps, 'say' | 'fork'>) {
  const run = useLiveRun();
  return run === null ? null : <Card run={run} live {...{ say, fork }} />;
}

interface CardProps extends RunActionsProps {
  readonly live: boolean;
}

const Card = memo(function Card({ run, live, say, fork }: CardProps) {
  return (
    <li className={classes.card} data-live={live || undefined}>
      <div className={classes.cardHead}>
        {live ? <LiveTick /> : <RunTick run={run} />}
        <div className={classes.cardName}>
          <RunName run={run} />
          <RunFacts run={run} live={live} />
        </div>
        <RunActions {...{ run, live, say, fork }} />
      </div>
      <div className={classes.cardDiffers}>
        <Differences run={run} />
      </div>
      <dl className={classes.cardNumbers}>
        {NUMBER_COLUMNS.map(({ key, title, text }) => (
          <div key={key}>
            <dt>{title}</dt>
            <dd>{text(run)}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
});
