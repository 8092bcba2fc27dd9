import { Button, Progress } from '@mantine/core';
import { useMemo } from 'react';
import { labelledIndicesOf, TEST } from '../../domain/imageDataset';
import type { ProbeEvaluation } from '../../domain/probeEvaluation';
import { useDataset, useLab, useRun } from '../lab';
import { Section } from '../layout/Section';
import { grouped, inWords } from '../numbers';
import classes from './Evaluation.module.css';

/** The linear evaluation of the run's features: the button, its progress, and the last result. */
export function Evaluation() {
  const lab = useLab();
  const evaluation = useRun((run) => run.evaluation);
  const evaluating = useRun((run) => run.evaluating);
  const runState = useRun((run) => run.runState);
  const info = useDataset((data) => data.info);
  const hasTestImages = useMemo(() => info !== null && labelledIndicesOf(info, TEST).length > 0, [info]);
  const isPossible = hasTestImages && runState !== null && !['building', 'failed', 'diverged'].includes(runState);
  return (
    <Section
      title="Linear evaluation"
      aside={
        <div className={classes.underWay}>
          {evaluating !== null && (
            <Progress className={classes.progress} value={100 * evaluating} aria-label="Progress of the evaluation" />
          )}
          {/* One button for both, so that it keeps the focus. */}
          <Button
            variant="default"
            size="xs"
            disabled={evaluating === null && !isPossible}
            onClick={() => (evaluating === null ? lab.evaluate() : lab.cancelEvaluation())}
          >
            {evaluating === null ? 'Evaluate' : 'Cancel'}
          </Button>
        </div>
      }
    >
      <p className={classes.help}>
        {hasTestImages
          ? 'The paper’s metric: the features are frozen, and a linear classifier is trained on those of all training images until it converges. Its weight decay is chosen on held-out training images. The evaluation also takes place at the end of each run.'
          : 'Needs images with classes, at least two in a class, so that some can be held out for testing.'}
      </p>
      {/* Always there, since screen readers announce only changes of an element that they know. */}
      <p className={classes.result} role="status">
        {evaluation !== null && <Summary evaluation={evaluation} />}
      </p>
      {evaluation !== null && (
        <details>
          <summary>Confusion matrix</summary>
          <Confusion evaluation={evaluation} />
        </details>
      )}
    </Section>
  );
}

function Summary({ evaluation }: { readonly evaluation: ProbeEvaluation }) {
  const { accuracy, standardError, step, testImages, trainImages, converged } = evaluation;
  return (
    <>
      Accuracy <b data-testid="evaluation-accuracy">{(100 * accuracy).toFixed(1)}</b> % ±{' '}
      {inWords(100 * standardError, 1)} on {grouped(testImages)} test images at step {grouped(step)}, trained on{' '}
      {grouped(trainImages)}.{!converged && ' The classifier did not converge, so its accuracy may be too low.'}
    </>
  );
}

function Confusion({ evaluation: { classNames, confusion } }: { readonly evaluation: ProbeEvaluation }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable by keyboard
    <section className={classes.scroll} aria-label="Confusion matrix" tabIndex={0}>
      <table className={classes.confusion}>
        <caption>Test images by their class (rows) and the predicted class (columns).</caption>
        <thead>
          <tr>
            <td />
            {classNames.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classNames.map((name, row) => {
            const total = confusion[row].reduce((sum, count) => sum + count, 0);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {classNames.map((other, column) => {
                  const count = confusion[row][column];
                  const share = total === 0 ? 0 : count / total;
                  return (
                    <td key={other} style={{ ['--share' as string]: share }} data-right={row === column || undefined}>
                      {grouped(count)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
