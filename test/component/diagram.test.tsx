import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { METHOD_NAMES, METHODS } from '../../src/domain/methods/registry';
import { StepDiagram } from '../../src/ui/diagram/StepDiagram';
import { idleLab, putRun, show } from './setup/lab';

const panel = () => page.getByRole('region', { name: /^One step of/ });
const drawing = () => panel().element().querySelector('svg[role="img"]')!;

describe.each(METHOD_NAMES)('%s', (method) => {
  it('is drawn with its boxes, its formula and its caption', async () => {
    const lab = idleLab({ method });
    await show(lab, <StepDiagram />, 640);
    const { formula, caption, nodes } = METHODS[method].diagram(lab.runStore.getState().config);
    await expect.element(page.getByRole('img', { name: caption, exact: true })).toBeVisible();
    expect(panel().element().textContent).toContain(formula);
    await page.getByRole('button', { name: 'Help: what the drawing shows' }).hover();
    await expect.element(page.getByRole('tooltip')).toHaveTextContent(caption);
    for (const { label, detail = '', kind } of nodes) {
      // Views are pictures, with their names below them.
      expect((kind === 'view' ? panel().element() : drawing()).textContent).toContain(label);
      expect(drawing().textContent).toContain(detail);
    }
  });
});

it('the switch on the arrow stops the gradient in the drawing, the formula and the settings', async () => {
  const lab = idleLab();
  await show(lab, <StepDiagram />, 640);
  const stopped = () => drawing().querySelectorAll('path[class*="stop"]').length;
  const stopGradient = page.getByRole('switch', { name: 'Stop-gradient' });
  await expect.element(stopGradient).toBeChecked();
  await expect.element(page.getByText('stopgrad(z2)')).toBeVisible();
  expect(stopped()).toBe(1);
  await stopGradient.click();
  expect(lab.runStore.getState().config.stopGradient).toBe(false);
  await expect.element(stopGradient).not.toBeChecked();
  await expect.element(page.getByText('stopgrad(z2)')).not.toBeInTheDocument();
  expect(stopped()).toBe(0);
});

it('shows the loss in its box, and a switch flipped in flight', async () => {
  const lab = idleLab();
  putRun(lab, { step: 3, latest: { loss: -0.4567 } });
  await show(lab, <StepDiagram />, 640);
  await expect.element(page.getByText('L = −0.457')).toBeVisible();
  lab.runStore.setState({ pending: { stopGradient: false } });
  await expect.element(page.getByRole('switch', { name: 'Stop-gradient' })).not.toBeChecked();
});

it('runs from left to right in a wide container; in a narrow one the switch comes first, the rest on demand from top to bottom', async () => {
  const sides = () => drawing().getAttribute('viewBox')!.split(' ').slice(2).map(Number) as [number, number];
  const wide = await show(idleLab(), <StepDiagram />, 900);
  await expect.poll(() => sides()[0] > sides()[1]).toBe(true);
  await wide.unmount();
  await show(idleLab(), <StepDiagram />, 390);
  await expect.element(page.getByRole('switch', { name: 'Stop-gradient' })).toBeVisible();
  await expect.element(page.getByRole('img', { name: /gradient/ })).not.toBeInTheDocument();
  await page.getByRole('button', { name: 'The whole step' }).click();
  await expect.poll(() => sides()[0] < sides()[1]).toBe(true);
  const { scrollWidth, clientWidth } = panel().element();
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
});
