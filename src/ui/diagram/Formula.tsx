import { Fragment, type ReactNode } from 'react';
import classes from './Diagram.module.css';

/** Splits a formula into its symbols with an index (z1), `stopgrad(...)` and the rest. */
const SYMBOL = /(stopgrad)|([a-zA-Zη])(\d)/g;

function typeset(formula: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of formula.matchAll(SYMBOL)) {
    if (match.index > at) parts.push(formula.slice(at, match.index));
    const [whole, stopgrad, letter, digit] = match;
    parts.push(
      stopgrad === undefined ? (
        <Fragment key={match.index}>
          <i>{letter}</i>
          <sub>{digit}</sub>
        </Fragment>
      ) : (
        <span key={match.index} className={classes.stopgrad}>
          {stopgrad}
        </span>
      ),
    );
    at = match.index + whole.length;
  }
  parts.push(formula.slice(at));
  return parts;
}

/** The loss in the paper's notation. */
export function Formula({ formula }: { readonly formula: string }) {
  return <p className={classes.formula}>{typeset(formula)}</p>;
}
