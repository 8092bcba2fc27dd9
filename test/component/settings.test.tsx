import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { SettingsPanel } from '../../src/ui/settings/SettingsPanel';
import { idleLab, show } from './setup/lab';

it('a setting that is changed under More keeps the focus, and is open once More is closed', async () => {
  const lab = idleLab();
  await show(lab, <SettingsPanel />);
  await page.getByRole('button', { name: /^More: / }).click();
  await page.getByRole('button', { name: 'Optimiser' }).click();
  const field = page.getByRole('textbox', { name: 'Weight decay' });
  await field.fill('0.001');
  await expect.poll(() => lab.runStore.getState().config.weightDecay).toBe(0.001);
  await expect.element(field).toHaveFocus();
  await userEvent.keyboard('{ArrowUp}');
  await page.getByRole('button', { name: 'Fewer settings' }).click();
  await expect.element(field).toBeVisible();
});
