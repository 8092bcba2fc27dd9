import { describe, expect, inject } from 'vitest';
import { LONG } from '../setup/matrix';
import { LabPage } from './harness/labPage';
import { testIn } from './harness/test';

const testOnWebGl = testIn('webgl');
const testOnWasm = testIn('wasm');

/** Presses Train and checks that numbers appear. */
async function trainThreeSteps(lab: LabPage): Promise<void> {
  await lab.button('Train').click();
  await lab.reachStep(3);
  const loss = await lab.metric('loss');
  expect(loss).toBeGreaterThanOrEqual(-1);
  expect(loss).toBeLessThanOrEqual(1);
  expect(await lab.metric('output-std')).toBeGreaterThan(0);
}

describe('a browser without WebGPU', () => {
  testOnWebGl('uses WebGL where told to, and says that it is slower', async ({ page }) => {
    const lab = await LabPage.open(page, '#v=4&preset=tiny&dataset=fashion-mnist&engine=webgl');
    expect(await page.getByTestId('adapter').innerText()).toMatch(/webgl/i);
    expect(await lab.engineNote()).toMatch(/slower than a GPU/);
    // In software a WebGL step takes some twenty seconds.
    if (LONG) await trainThreeSteps(lab);
  });

  testOnWebGl('takes the processor where WebGL is a slow one, and says why', async ({ page }) => {
    const lab = await LabPage.open(page);
    expect(await page.getByTestId('adapter').innerText()).toMatch(/wasm/i);
    const note = await lab.engineNote();
    expect(note).toMatch(/no adapter|no WebGPU/i);
    expect(note).toMatch(/WebGL on .* is slower here than the processor itself/);
  });
});

describe('a browser with neither WebGPU nor WebGL', () => {
  testOnWasm('trains three steps on the processor, and says why', async ({ page }) => {
    const lab = await LabPage.open(page);
    expect(await page.getByTestId('adapter').innerText()).toMatch(/wasm.*processor/i);
    const note = await lab.engineNote();
    expect(note).toMatch(/with WebAssembly on one thread/);
    expect(note).toMatch(/no usable WebGL/);
    await trainThreeSteps(lab);
  });
});

describe('a browser without the engine that the address asks for', () => {
  testOnWasm('says what is missing and what to do, on a page that is all there', async ({ page }) => {
    await page.goto(`${inject('siteUrl')}#v=4&preset=tiny&dataset=fashion-mnist&engine=webgpu`);
    const lab = new LabPage(page);
    await expect.poll(() => lab.status.innerText()).toContain('No engine could be started');
    const alert = page.getByRole('alert');
    await alert
      .getByText(/WebGPU: .*no (adapter|WebGPU)/s)
      .first()
      .waitFor();
    await alert
      .getByText(/hardware acceleration/)
      .first()
      .waitFor();
    expect(await page.getByTestId('adapter').innerText()).toBe('no engine');
    expect(await lab.button('Train').isDisabled()).toBe(true);
    for (const panel of ['Images', 'One step of SimSiam', 'Outputs', 'Loss', 'Neighbours', 'Settings']) {
      await lab.region(panel).waitFor();
    }
    await lab.button('Try again').click();
    await expect.poll(() => lab.status.innerText()).toContain('No engine could be started');
  });
});
