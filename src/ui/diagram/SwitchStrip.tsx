import type { Diagram } from '../../domain/methods/methodDescription';
import { useRun } from '../lab';
import { inWords } from '../numbers';
import classes from './Diagram.module.css';
import { EdgeSwitch } from './EdgeSwitch';

/** The switches of a method between the boxes that they connect, where the page is too narrow for the whole step. */
export function SwitchStrip({ diagram }: { readonly diagram: Diagram }) {
  const loss = useRun((run) => run.latest.loss);
  const labelOf = (id: string) => diagram.nodes.find((node) => node.id === id)?.label ?? '';
  const controlled = diagram.edges.flatMap(({ control, from, to }) =>
    control === undefined ? [] : [{ control, from, to }],
  );
  return controlled.map(({ control, from, to }) => (
    <div key={control} className={classes.strip}>
      <span className={classes.end}>{labelOf(from)}</span>
      <span className={classes.between} />
      <EdgeSwitch path={control} />
      <span className={classes.between} />
      <span className={classes.end}>
        {labelOf(to)}
        <br />
        {loss === undefined ? 'L' : inWords(loss, 3)}
      </span>
    </div>
  ));
}
