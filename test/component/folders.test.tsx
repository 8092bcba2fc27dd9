import { expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { PlannedFolder } from '../../src/domain/folderPlan';
import { NO_LABEL } from '../../src/domain/imageDataset';
import type { Lab } from '../../src/session/lab';
import { DatasetDetails } from '../../src/ui/data/DatasetDetails';
import { DatasetFacts } from '../../src/ui/data/DatasetFacts';
import { idleLab, show } from './setup/lab';

const LONG = '0123456789abcdef'.repeat(6);

/** Puts a folder with that many classes on the page: each has two training images and a test image, and one image has no class. */
function putFolder(lab: Lab, classes: number, first = 'class 0'): void {
  const names = Array.from({ length: classes }, (_, i) => (i === 0 ? first : `class ${i}`));
  const count = 3 * classes + 1;
  lab.datasetStore.setState({
    info: {
      name: 'pets',
      source: { kind: 'folder', name: 'pets', count, fingerprint: 'f00' },
      size: 32,
      count,
      names: Array.from({ length: count }, (_, i) => `${i}.png`),
      labels: Int16Array.from({ length: count }, (_, i) => (i === count - 1 ? NO_LABEL : Math.floor(i / 3))),
      classNames: names,
      split: Uint8Array.from({ length: count }, (_, i) => (i % 3 === 2 ? 1 : 0)),
    },
    plan: {
      folders: ['', ...names].map((path): PlannedFolder => ({ path, images: 3, role: path === '' ? null : 'class' })),
      masks: 0,
      corrections: [],
      isMisfit: false,
      notes: ['1 image has no class.'],
    },
  });
}

it('lists the classes with their images, a few at first', async () => {
  const lab = idleLab();
  putFolder(lab, 20);
  await show(lab, <DatasetDetails />, 220);
  const rows = () => page.getByTestId('dataset-classes').getByRole('row');
  await expect.element(rows().nth(1)).toHaveTextContent('class 021');
  expect(rows().elements()).toHaveLength(1 + 6 + 1 + 1);
  await expect.element(rows().nth(8)).toHaveTextContent('all4120');
  await expect.element(page.getByText('1 image has no class.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all 20 classes' }).click();
  await expect.poll(() => rows().elements().length).toBe(1 + 20 + 1 + 1);
  await expect.element(page.getByRole('region', { name: 'All classes' })).toHaveAttribute('tabindex', '0');
});

it('a folder is corrected, also by keyboard, and shows what it was found to be', async () => {
  const lab = idleLab();
  const correct = vi.spyOn(lab, 'correctFolder').mockResolvedValue();
  putFolder(lab, 2);
  await show(lab, <DatasetDetails />, 220);
  await page.getByRole('button', { name: 'Correct what folders are' }).click();
  const select = page.getByRole('combobox', { name: 'What “class 1” is' });
  await expect.element(select).toHaveDisplayValue('found: class');
  await select.selectOptions('test');
  expect(correct).toHaveBeenLastCalledWith(2, 'test');
  lab.datasetStore.setState({ correcting: [{ position: 2, role: 'test' }] });
  await expect.element(select).toHaveDisplayValue('test');
  (select.element() as HTMLSelectElement).focus();
  await userEvent.keyboard('as');
  expect(correct).toHaveBeenLastCalledWith(2, null);
});

it('long names wrap', async () => {
  const lab = idleLab();
  putFolder(lab, 3, LONG);
  const { container } = await show(lab, <DatasetDetails />, 220);
  await page.getByRole('button', { name: 'Correct what folders are' }).click();
  await expect.element(page.getByRole('combobox', { name: `What “${LONG}” is` })).toBeVisible();
  const main = container.querySelector('main');
  expect(main?.scrollWidth).toBeLessThanOrEqual(220);
});

it('says that images are kept compressed, and how much memory the decoded ones take', async () => {
  const lab = idleLab();
  putFolder(lab, 2);
  await show(lab, <DatasetFacts />, 220);
  const note = () => page.getByTestId('dataset-compressed');
  expect(note().elements()).toHaveLength(0);
  lab.datasetStore.setState({ isCompressed: true });
  await expect
    .element(note())
    .toHaveTextContent('Kept compressed and decoded during training: decoded images take up to 101 MB of memory.');
  lab.runStore.setState({
    resources: { step: 1, gpuBytes: 0, tensors: 0, measuringShare: 0, pictures: { bytes: 12e6, most: 200e6 } },
  });
  await expect.element(note()).toHaveTextContent('up to 200 MB of memory, 12 MB now.');
});
