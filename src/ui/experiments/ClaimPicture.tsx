import type { Experiment } from '../../domain/experiments/experiment';
import classes from './ExperimentCards.module.css';

const [WIDTH, HEIGHT, GAP] = [64, 44, 4];
/** The paper's accuracies are below this; a collapsed network's are at most a few percent. */
const [MOST, COLLAPSED] = [75, 5];

/** The claim that an experiment tests: the paper's accuracy of each of its runs, as bars. A dashed bar: the paper gives none. */
export function ClaimPicture({ runs }: Pick<Experiment, 'runs'>) {
  const width = (WIDTH - GAP) / runs.length - GAP;
  return (
    <svg className={classes.picture} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
      {runs.map(({ id, paper }, i) => {
        const height = Math.max(2, ((paper ?? MOST / 2) / MOST) * (HEIGHT - 4));
        return (
          <rect
            key={id}
            className={paper === null ? classes.unknown : paper < COLLAPSED ? classes.collapsed : classes.bar}
            x={GAP + i * (width + GAP)}
            y={HEIGHT - 1 - height}
            width={width}
            height={height}
          />
        );
      })}
      <path className={classes.ground} d={`M0.5 0V${HEIGHT - 0.5}H${WIDTH}`} />
    </svg>
  );
}
