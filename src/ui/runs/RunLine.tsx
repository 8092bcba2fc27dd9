import { isWarning, markerWords } from '../../session/run/words';
import type { RunRecord } from '../../storage/runRecord';
import classes from './RunLine.module.css';

/** A run on the step axis that all listed runs share: a line to its last step, a ring at each event, red from its collapse on. A fork begins where it leaves its parent. */
export function RunLine({ run, end }: { readonly run: RunRecord; readonly end: number }) {
  const at = (step: number) => `${(100 * Math.min(step, end)) / Math.max(1, end)}%`;
  const first = run.parent?.step ?? 0;
  const failed = run.markers.find((marker) => marker.kind === 'diagnosis' && isWarning(marker));
  const isFailure = failed !== undefined && run.diagnosis !== null && run.diagnosis.state !== 'learning';
  return (
    <div className={classes.axis} aria-hidden>
      <div className={classes.line} style={{ left: at(first), width: at(run.steps - first) }} />
      {run.parent !== null && (
        <span className={classes.branch} style={{ left: at(first) }} title={`from step ${first}`} />
      )}
      {isFailure && (
        <div className={classes.failed} style={{ left: at(failed.step), width: at(run.steps - failed.step) }} />
      )}
      {run.markers
        .filter(({ step }) => step >= first)
        .map((marker) => (
          <span
            key={`${marker.step} ${markerWords(marker)}`}
            className={classes.event}
            data-warning={isWarning(marker) || undefined}
            style={{ left: at(marker.step) }}
            title={`${markerWords(marker)} at step ${marker.step}`}
          />
        ))}
      <span className={classes.end} data-warning={isFailure || undefined} style={{ left: at(run.steps) }} />
    </div>
  );
}
