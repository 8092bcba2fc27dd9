import { RateChart, RetrievalChart } from '../charts/moreCharts';
import { Evaluation } from '../evaluation/Evaluation';
import { EventLog } from '../log/EventLog';
import classes from './RunDetails.module.css';

/** What is looked up less often: view retrieval, the learning rate, the linear evaluation, and the events of the run. */
export function RunDetails({ className }: { readonly className?: string | undefined }) {
  return (
    <div className={className} data-part="details">
      <div className={classes.details}>
        <RetrievalChart />
        <RateChart />
        <Evaluation />
        <EventLog />
      </div>
    </div>
  );
}
