import { type Estimate, exceeds } from '../../../domain/accuracy';
import type { BottomLine } from '../../../domain/bottomLine';
import { grouped } from '../../numbers';
import classes from './BottomLine.module.css';
import { VerdictMark } from './VerdictMark';
import { MEASURE_WORDS } from './verdicts';

const BASELINES = ['given', 'untrained', 'rawPixels'] as const;
const TITLES = { given: 'as it came', untrained: 'untrained', rawPixels: 'raw pixels' } as const;

const percent = ({ value, standardError }: Estimate) =>
  `${(100 * value).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;

/** How a baseline stands against the embedding. */
function standing(trained: Estimate, other: Estimate): string {
  if (exceeds(trained, other)) return 'beaten';
  return exceeds(other, trained) ? 'better' : 'no clear difference';
}

/** The verdict in a sentence, all measures with the baselines, and what to try next. */
export function BottomLineDetails({ line }: { readonly line: BottomLine }) {
  const retrieval = line.comparisons.find(({ measure }) => measure === 'view retrieval');
  const baselines = BASELINES.filter((baseline) =>
    line.comparisons.some(({ [baseline]: other }) => other !== undefined),
  );
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
            {baselines.map((baseline) => (
              <th key={baseline} scope="col">
                {TITLES[baseline]}
              </th>
            ))}
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
              {baselines.map((baseline) => {
                const other = comparison[baseline];
                return (
                  <td key={baseline}>
                    {other !== undefined && (
                      <>
                        {percent(other)}
                        <small>{standing(comparison.trained, other)}</small>
                      </>
                    )}
                  </td>
                );
              })}
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
