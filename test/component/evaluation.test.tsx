import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { NO_LABEL, TEST, TRAIN } from '../../src/domain/imageDataset';
import type { ProbeEvaluation } from '../../src/domain/probeEvaluation';
import type { Lab } from '../../src/session/lab';
import { Evaluation } from '../../src/ui/evaluation/Evaluation';
import { idleLab, putRun, show } from './setup/lab';

const RESULT: ProbeEvaluation = {
  step: 300,
  accuracy: 0.75,
  standardError: 0.217,
  trainImages: 1200,
  testImages: 4,
  lambda: 0.01,
  converged: true,
  classNames: ['cat', 'dog'],
  confusion: [
    [2, 0],
    [1, 1],
  ],
};

/** A lab with four images, the last two of which are test images with these labels. */
function labWith(testLabels: readonly [number, number]): Lab {
  const lab = idleLab();
  lab.datasetStore.setState({
    info: {
      name: 'pets',
      source: { kind: 'folder', name: 'pets', count: 4, fingerprint: '' },
      size: 32,
      count: 4,
      names: ['a', 'b', 'c', 'd'],
      labels: Int16Array.of(0, 1, ...testLabels),
      classNames: ['cat', 'dog'],
      split: Uint8Array.of(TRAIN, TRAIN, TEST, TEST),
    },
  });
  return lab;
}

const button = (name: string) => page.getByRole('button', { name, exact: true });

it('needs a run and labelled test images', async () => {
  const lab = labWith([NO_LABEL, NO_LABEL]);
  putRun(lab, { runState: 'paused' });
  await show(lab, <Evaluation />);
  await expect.element(page.getByText(/^Needs images with classes/)).toBeVisible();
  await expect.element(button('Evaluate')).toBeDisabled();
});

it('cannot be pressed before there is a run, nor after it has failed', async () => {
  const lab = labWith([0, 1]);
  await show(lab, <Evaluation />);
  await expect.element(button('Evaluate')).toBeDisabled();
  putRun(lab, { runState: 'paused' });
  await expect.element(button('Evaluate')).toBeEnabled();
  lab.runStore.setState({ runState: 'failed' });
  await expect.element(button('Evaluate')).toBeDisabled();
});

it('shows progress, then the accuracy with its error, and the confusion matrix', async () => {
  const lab = labWith([0, 1]);
  putRun(lab, { runState: 'paused', evaluating: 0.25 });
  await show(lab, <Evaluation />);
  await expect.element(button('Cancel')).toBeEnabled();
  await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '25');
  lab.runStore.setState({ evaluating: null, evaluation: RESULT });
  await expect.element(page.getByTestId('evaluation-accuracy')).toHaveTextContent('75.0');
  const status = page.getByRole('status');
  await expect.element(status).toHaveTextContent(/% ± 21\.7 .*on 4 test images at step 300, trained on 1,200\.$/);
  await page.getByText('Confusion matrix', { exact: true }).first().click();
  const rows = page.getByRole('table').element().querySelectorAll('tbody tr');
  expect([...rows].map(({ textContent }) => textContent)).toEqual(['cat20', 'dog11']);
});

it('says when the classifier has not converged', async () => {
  const lab = labWith([0, 1]);
  putRun(lab, { runState: 'paused', evaluation: { ...RESULT, converged: false } });
  await show(lab, <Evaluation />);
  await expect.element(page.getByRole('status')).toHaveTextContent(/did not converge/);
});
