import type { OutputCloud } from '../../../domain/outputFrame';
import { grouped, inWords } from '../../numbers';
import { ordinal, singularWords } from '../words/valueWords';
import { BarChart } from './BarChart';
import { singularBars, singularEnd } from './bars';
import classes from './Values.module.css';

interface SingularValueBarsProps {
  readonly cloud: OutputCloud;
  /** d of the reading. */
  readonly dimensions: number;
  /** Number of images measured. */
  readonly images: number;
  /** Whether directions were lost: the bars are drawn in the warning colour. */
  readonly isWarning?: boolean;
}

/** Up to this many, each singular value is written below its bar. */
const WRITTEN = 6;

/** The singular values of the outputs, and 1/√d, which each has where the outputs are spread evenly: the rank as a shape. */
export function SingularValueBars({ cloud, dimensions, images, isWarning = false }: SingularValueBarsProps) {
  const { singularValues: values, effectiveRank } = cloud;
  const bound = Math.min(images, dimensions);
  const rank = Number.isFinite(effectiveRank) ? inWords(effectiveRank, 1) : '–';
  const even = 1 / Math.sqrt(dimensions);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        Singular values:{' '}
        <strong data-warning={isWarning || undefined}>
          rank {rank} of {grouped(bound)}
        </strong>
      </figcaption>
      <BarChart
        bars={singularBars(values)}
        label={singularWords(cloud, dimensions, bound)}
        isWarning={isWarning}
        line={{ height: even, name: '1/√d' }}
      />
      {values.length <= WRITTEN ? (
        <div className={classes.written} style={{ width: `${100 * singularEnd(values)}%` }} aria-hidden>
          {Array.from(values, (value, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a singular value is known by its place
            <span key={i}>{Number.isFinite(value) ? value.toFixed(2) : '–'}</span>
          ))}
        </div>
      ) : (
        <div className={classes.axis} aria-hidden>
          <span>1st</span>
          <span>{ordinal(values.length)}</span>
        </div>
      )}
    </figure>
  );
}
