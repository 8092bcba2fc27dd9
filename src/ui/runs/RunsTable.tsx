import { memo } from 'react';
import { axisEnd } from '../charts/chartData';
import { useRun } from '../lab';
import { grouped } from '../numbers';
import { RunActions, type RunActionsProps } from './RunActions';
import { RunLine } from './RunLine';
import { RunName } from './RunName';
import { Differences, LiveTick, RunFacts, type RunListProps, RunTick } from './RunParts';
import classes from './Runs.module.css';
import { NUMBER_COLUMNS } from './runColumns';
import { useLiveRun } from './useLiveRun';

interface RunsTableProps extends RunListProps {
  /** Whether there is room for a column of differences; otherwise they are listed below the name. */
  readonly wide: boolean;
  /** Whether there is room for the runs on a step axis. */
  readonly lined: boolean;
}

/** Runs as rows. */
export function RunsTable({ runs, live, say, fork, wide, lined }: RunsTableProps) {
  const step = useRun((run) => run.step);
  const end = axisEnd(Math.max(live ? step : 0, ...runs.map(({ steps }) => steps)));
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col" className={classes.tickColumn}>
            Show
          </th>
          {lined && (
            <th scope="col" className={classes.lineColumn}>
              <span>step 0</span>
              <span>{grouped(end)}</span>
            </th>
          )}
          <th scope="col">{wide ? 'Run' : 'Run, and what differs from its preset'}</th>
          {wide && (
            <th scope="col" className={classes.differsColumn}>
              Differs from its preset
            </th>
          )}
          {NUMBER_COLUMNS.map(({ key, title, help }) => (
            <th key={key} scope="col" className={classes.number} title={help}>
              {title}
            </th>
          ))}
          <th scope="col" className={classes.actionsColumn}>
            <span className={classes.unseen}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {live && <LiveRow {...{ say, fork }} wide={wide} end={lined ? end : null} />}
        {runs.map((run) => (
          <Row key={run.id} run={run} live={false} {...{ say, fork }} wide={wide} end={lined ? end : null} />
        ))}
      </tbody>
    </table>
  );
}

function LiveRow(props: Pick<RowProps, 'say' | 'fork' | 'wide' | 'end'>) {
  const run = useLiveRun();
  return run === null ? null : <Row run={run} live {...props} />;
}

interface RowProps extends RunActionsProps {
  readonly live: boolean;
  readonly wide: boolean;
  /** The end of the step axis; null where there is no room for it. */
  readonly end: number | null;
}

const Row = memo(function Row({ run, live, say, fork, wide, end }: RowProps) {
  return (
    <tr data-live={live || undefined}>
      <td className={classes.tickColumn}>{live ? <LiveTick /> : <RunTick run={run} />}</td>
      {end !== null && (
        <td>
          <RunLine run={run} end={end} />
        </td>
      )}
      <th scope="row" className={classes.run}>
        <RunName run={run} />
        <RunFacts run={run} live={live} />
        {!wide && <Differences run={run} />}
      </th>
      {wide && (
        <td className={classes.differsColumn}>
          <Differences run={run} />
        </td>
      )}
      {NUMBER_COLUMNS.map(({ key, text }) => (
        <td key={key} className={classes.number}>
          {text(run)}
        </td>
      ))}
      <td className={classes.actionsColumn}>
        <RunActions {...{ run, live, say, fork }} />
      </td>
    </tr>
  );
});
