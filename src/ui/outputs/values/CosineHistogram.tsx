import type { OutputCloud } from '../../../domain/outputFrame';
import { inWords } from '../../numbers';
import { cosineWords } from '../words/valueWords';
import { BarChart } from './BarChart';
import { cosineBars } from './bars';
import classes from './Values.module.css';

interface CosineHistogramProps {
  readonly cloud: OutputCloud;
  /** Whether the run has collapsed or is about to: the bars are drawn in the warning colour. */
  readonly isWarning?: boolean;
}

/** How alike the outputs of two different images are: a spike at 1 is a collapse. */
export function CosineHistogram({ cloud, isWarning = false }: CosineHistogramProps) {
  const mean = Number.isFinite(cloud.meanCosine) ? inWords(cloud.meanCosine, 2) : '–';
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        Cosines: <strong data-warning={isWarning || undefined}>mean {mean}</strong>
      </figcaption>
      <BarChart bars={cosineBars(cloud.cosines)} label={cosineWords(cloud)} isWarning={isWarning} />
      <div className={classes.axis} aria-hidden>
        <span>−1</span>
        <span>0</span>
        <span>1</span>
      </div>
    </figure>
  );
}
