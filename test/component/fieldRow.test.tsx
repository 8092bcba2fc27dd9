import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { FieldRow } from '../../src/ui/settings/FieldRow';
import { idleLab, putRun, show } from './setup/lab';

it('a switch, by its name, sets the setting', async () => {
  const lab = idleLab();
  await show(lab, <FieldRow path="zeroInitResidual" />);
  const field = page.getByRole('switch', { name: 'Zero-init last BN' });
  const before = lab.runStore.getState().config.zeroInitResidual;
  await expect.element(field).toBeInTheDocument();
  await field.click();
  expect(lab.runStore.getState().config.zeroInitResidual).toBe(!before);
  await userEvent.keyboard(' ');
  expect(lab.runStore.getState().config.zeroInitResidual).toBe(before);
});

it('a number is committed on leaving the field, one outside its limits never', async () => {
  const lab = idleLab();
  await show(lab, <FieldRow path="batchSize" />);
  const field = page.getByRole('textbox', { name: 'Batch size' });
  const batchSize = () => lab.runStore.getState().config.batchSize;
  await field.fill('48');
  await userEvent.tab();
  expect(batchSize()).toBe(48);
  await field.fill('-3');
  await userEvent.tab();
  expect(batchSize()).toBeGreaterThanOrEqual(4);
  await field.fill('');
  await userEvent.tab();
  await expect.element(field).toHaveValue(String(batchSize()));
});

it('a number is committed when typing has stopped, without leaving the field', async () => {
  const lab = idleLab();
  await show(lab, <FieldRow path="seed" />);
  await page.getByRole('textbox', { name: 'Seed' }).fill('20111');
  await expect.poll(() => lab.runStore.getState().config.seed).toBe(20_111);
});

it('a choice sets the value in its own type', async () => {
  const lab = idleLab();
  await show(lab, <FieldRow path="stemStride" />);
  await page.getByRole('combobox', { name: 'Stem stride' }).selectOptions('1: full resolution');
  expect(lab.runStore.getState().config.stemStride).toBe(1);
});

it('shows the help and the paper’s value', async () => {
  await show(idleLab(), <FieldRow path="outputDim" />);
  await expect.element(page.getByText(/^paper: 2,?048$/)).toBeVisible();
  await expect.element(page.getByRole('tooltip')).not.toBeInTheDocument();
  await page.getByRole('button', { name: 'Help: Output d' }).hover();
  await expect
    .element(page.getByRole('tooltip'))
    .toHaveTextContent(/Dimension of z and p\..*Paper \(App\. D\): 2,?048\./);
});

it('the accessible name includes the group where the label alone is ambiguous', async () => {
  await show(idleLab(), <FieldRow path="augment.crop.scaleMin" of="Random crop" />);
  await expect.element(page.getByRole('textbox', { name: 'Random crop: smallest area' })).toBeVisible();
});

it('shows a change in flight while it is pending and once it is in effect', async () => {
  const lab = idleLab();
  putRun(lab, { step: 5 });
  await show(lab, <FieldRow path="baseLearningRate" />);
  const field = page.getByRole('textbox', { name: 'Base learning rate' });
  lab.runStore.setState({ pending: { baseLearningRate: 0.125 } });
  await expect.element(field).toHaveValue('0.125');
  lab.runStore.setState({ pending: {} });
  await expect.element(field).toHaveValue(String(lab.runStore.getState().config.baseLearningRate));
});
