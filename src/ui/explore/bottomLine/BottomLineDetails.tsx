import { exceeds } from '../../../domain/accuracy';
import type { BottomLine, Comparison } from '../../../domain/bottomLine';
import { grouped } from '../../numbers';
import classes from './BottomLine.module.css';
import { VerdictMark } from './VerdictMark';
import { MEASURE_WORDS } from './verdicts';

const BASELINES = ['untrained', 'rawPixels'] as const;

const percent = ({ value, standardError }: Comparison['trained']) =>
  `${(100 * value).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;

/** How a baseline stands against the embedding. */
function standing({ trained, ...baselines }: Comparison, baseline: (typeof BASELINES)[number]): string {
  const other = baselines[baseline];
  if (exceeds(trained, other)) return 'beaten';
  return exceeds(other, trained) ? 'better' : 'no clear difference';
}

/** The verdict in a sentence, all measures with the baselines, and what to try next. */
export function BottomLineDetails({ line }: { readonly line: BottomLine }) {
  const retrieval = line.comparisons.find(({ measure }) => measure === 'view retrieval');
  return (
    <>
      <p className={classes.answer}>
        <VerdictMark verdict={line.verdict} />
        <span>{line.answer}</span>
      </p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Measure</th>
            <th scope="col">this embedding</th>
            <th scope="col">untrained</th>
            <th scope="col">raw pixels</th>
          </tr>
        </thead>
        <tbody>
          {line.comparisons.map((comparison) => (
            <tr key={comparison.measure}>
              <th scope="row">
                {MEASURE_WORDS[comparison.measure]}
                <small>{grouped(comparison.images)} images</small>
              </th>
              <td>
                <b>{percent(comparison.trained)}</b>
              </td>
              {BASELINES.map((baseline) => (
                <td key={baseline}>
                  {percent(comparison[baseline])}
                  <small>{standing(comparison, baseline)}</small>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.note}>
        ± is a standard error; a difference counts beyond two.
        {retrieval !== undefined &&
          ` Second view found: how often the other random view of an image is the nearest among ${grouped(retrieval.images)}.`}
      </p>
      <h3 className={classes.next}>What to try next</h3>
      <ul className={classes.advice}>
        {line.advice.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}
