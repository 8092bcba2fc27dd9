import { describe, expect, inject } from 'vitest';
import { LabPage } from './harness/labPage';
import { testIn } from './harness/test';

const testOnWebGl = testIn('webgl');
const testOnNothing = testIn('none');

describe('a browser without WebGPU', () => {
  testOnWebGl('trains three steps on WebGL, and says that it is slower', async ({ page }) => {
    const lab = await LabPage.open(page);
    expect(await page.getByTestId('adapter').innerText()).toMatch(/webgl/i);
    await page.getByText(/WebGL.*slower/i).waitFor();
    await page.getByText(/no adapter|no WebGPU/i).waitFor();
    await lab.button('Train').click();
    await lab.reachStep(3);
    const loss = await lab.metric('loss');
    expect(loss).toBeGreaterThanOrEqual(-1);
    expect(loss).toBeLessThanOrEqual(1);
    expect(await lab.metric('output-std')).toBeGreaterThan(0);
  });
});

describe('a browser with neither WebGPU nor WebGL', () => {
  testOnNothing('is told what is missing and what to do, on a page that is all there', async ({ page }) => {
    await page.goto(inject('siteUrl'));
    const lab = new LabPage(page);
    await expect.poll(() => lab.status.innerText()).toContain('Nothing to compute with');
    const alert = page.getByRole('alert');
    await alert
      .getByText(/WebGPU.*WebGL/s)
      .first()
      .waitFor();
    await alert
      .getByText(/hardware acceleration/)
      .first()
      .waitFor();
    expect(await page.getByTestId('adapter').innerText()).toBe('no engine');
    expect(await lab.button('Train').isDisabled()).toBe(true);
    for (const panel of ['Data', 'How an update works', 'Loss', 'Nearest neighbours', 'Settings']) {
      await lab.region(panel).waitFor();
    }
    await lab.button('Try again').click();
    await expect.poll(() => lab.status.innerText()).toContain('Nothing to compute with');
  });
});
