import { ComparedCharts } from '../charts/ComparedCharts';
import { ExperimentsPanel } from '../experiments/ExperimentsPanel';
import { RunsPanel } from '../runs/RunsPanel';
import classes from './ComparePlace.module.css';

/** Where runs are compared: the paper's experiments, and all runs that were kept with the curves of the ticked ones beside them. */
export function ComparePlace() {
  return (
    <div className={classes.place}>
      <ExperimentsPanel />
      <div className={classes.runs}>
        <RunsPanel />
        <ComparedCharts />
      </div>
    </div>
  );
}
