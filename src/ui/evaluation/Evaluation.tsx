import { Button, Progress } from '@mantine/core';
import type { ProbeEvaluation } from '../../domain/probeEvaluation';
import { useDataset, useLab, useRun } from '../lab';
import { Panel } from '../layout/Panel';
import { grouped, inWords } from '../numbers';
import classes from './Evaluation.module.css';

/** The linear evaluation of the run's features: the button, its progress, and the last result. */
export function Evaluation() {
  const lab = useLab();
  const evaluation = useRun((run) => run.evaluation);
  const evaluating = useRun((run) => run.evaluating);
  const runState = useRun((run) => run.runState);
  const hasClasses = useDataset((data) => (data.info?.classNames.length ?? 0) > 0);
  const isPossible = hasClasses && runState !== null && !['building', 'failed', 'diverged'].includes(runState);
  return (
    <Panel
      title="Linear evaluation"
      aside={
        evaluating === null ? (
          <Button variant="default" size="xs" disabled={!isPossible} onClick={() => lab.evaluate()}>
            Evaluate
          </Button>
        ) : (
          <div className={classes.underWay}>
            <Progress className={classes.progress} value={100 * evaluating} aria-label="Progress of the evaluation" />
            <Button variant="default" size="xs" onClick={() => lab.cancelEvaluation()}>
              Cancel
            </Button>
          </div>
        )
      }
    >
      <p className={classes.help}>
        {hasClasses
          ? 'The paper’s metric: the features are frozen, and a linear classifier is trained on those of all training images until it converges. Its weight decay is chosen on held-out training images. It is also made at the end of each run.'
          : 'Needs images with classes, some of them held out for testing.'}
      </p>
      {evaluation !== null && <Result evaluation={evaluation} />}
    </Panel>
  );
}

function Result({ evaluation }: { readonly evaluation: ProbeEvaluation }) {
  const { accuracy, standardError, step, testImages, trainImages } = evaluation;
  return (
    <>
      <p className={classes.result} role="status">
        Accuracy <b data-testid="evaluation-accuracy">{(100 * accuracy).toFixed(1)}</b> % ±{' '}
        {inWords(100 * standardError, 1)} on {grouped(testImages)} test images at step {grouped(step)}, trained on{' '}
        {grouped(trainImages)}.
      </p>
      <details>
        <summary>Confusion matrix</summary>
        <Confusion evaluation={evaluation} />
      </details>
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
                      {count}
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
