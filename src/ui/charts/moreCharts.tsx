import { useRun } from '../lab';
import { NOT_YET, plain } from '../numbers';
import { errorWords, NOT_MEASURED } from './accuracyWords';
import classes from './Charts.module.css';
import { RATE, RETRIEVAL } from './descriptions';
import { MetricChart } from './MetricChart';
import type { OverlaidRun } from './useOverlays';

const NONE: readonly OverlaidRun[] = [];

interface Props {
  readonly overlays?: readonly OverlaidRun[];
}

/** How often an image's other view is its nearest neighbour. */
export function RetrievalChart({ overlays = NONE }: Props) {
  const share = useRun((run) => run.latest.viewRetrieval);
  const images = useRun((run) => run.baselines?.viewRetrieval?.images);
  const every = useRun((run) => (run.active?.config ?? run.config).knn.every);
  return (
    <MetricChart
      chart={RETRIEVAL}
      overlays={overlays}
      value={
        <>
          <span data-testid="metric-view-retrieval">{share === undefined ? NOT_YET : plain(100 * share, 1)}</span>
          <span className={classes.unit}>%{errorWords(share, images)}</span>
        </>
      }
      help={
        every === 0
          ? NOT_MEASURED
          : `How often an image’s other view is its nearest neighbour${images === undefined ? '' : ` among ${images}`}. Measures invariance, not semantics.`
      }
    />
  );
}

/** The learning rate of the encoder. */
export function RateChart({ overlays = NONE }: Props) {
  const rate = useRun((run) => run.latest.learningRate);
  const schedule = useRun((run) => (run.active?.config ?? run.config).schedule);
  return (
    <MetricChart
      chart={RATE}
      overlays={overlays}
      value={<span data-testid="metric-learning-rate">{plain(rate, 4)}</span>}
      help={
        schedule === 'cosine'
          ? 'Encoder: base rate × batch/256, with cosine decay to 0.'
          : 'Encoder: base rate × batch/256, constant.'
      }
    />
  );
}
