import { expect } from 'vitest';
import { LabPage } from './harness/labPage';
import { test } from './harness/test';

test('a run goes on by itself after a crash of the GPU process', async ({ page, browser }) => {
  const hash = '#v=4&preset=tiny&dataset=fashion-mnist&engine=webgpu&knn.every=0&probe.every=0';
  const lab = await LabPage.open(page, hash);
  await lab.button('Train').click();
  await lab.reachStep(2);
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess' as 'Browser.getVersion').catch(() => undefined);
  const notice = page
    .getByText(/The connection to the GPU was lost at step \d+; the run went on from step \d+\./)
    .first();
  await notice.waitFor();
  const [lost = 0] = [...(await notice.innerText()).matchAll(/step (\d+)/g)].map(([, digits]) => Number(digits));
  await lab.reachStep(lost + 1);
  expect(await page.getByTestId('adapter').innerText()).toMatch(/webgpu/i);
  await lab.reachState('training');
});
