import { ComparedCharts } from '../charts/ComparedCharts';
import { ExperimentsPanel } from '../experiments/ExperimentsPanel';
import { RunsPanel } from '../runs/RunsPanel';
import classes from './ComparePlace.module.css';

/** The paper's experiments, and all runs that were kept with the curves of the ticked ones beside them. */
export function ComparedRuns() {
  return (
    <>
      <ExperimentsPanel />
      <div className={classes.runs}>
        <RunsPanel />
        <ComparedCharts />
      </div>
    </>
  );
}
