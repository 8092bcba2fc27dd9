import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { LoadStatus } from '../../src/ui/data/LoadStatus';
import { idleLab, show } from './setup/lab';

it.each([220, 256, 360])('Cancel is whole beside a long name, in %i pixels', async (width) => {
  const lab = idleLab();
  const name = 'a folder of pictures with quite a long name, 2019 to 2026';
  lab.datasetStore.setState({ loading: { name, done: 1, total: 9, unit: 'images', rate: null, remaining: null } });
  await show(lab, <LoadStatus />, width);
  const button = page.getByRole('button', { name: 'Cancel' });
  await expect.element(button).toBeVisible();
  const element = button.element();
  for (const part of [element, ...element.querySelectorAll('*')]) {
    expect(part.scrollWidth, part.className).toBeLessThanOrEqual(part.clientWidth);
  }
  expect(element.getBoundingClientRect().right).toBeLessThanOrEqual(width + 8);
});
