import { beforeEach, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Baselines } from '../../src/domain/measurement';
import type { RunStoreState } from '../../src/session/run/runStore';
import { EngineChip } from '../../src/ui/status/EngineChip';
import { StatusBar } from '../../src/ui/status/StatusBar';
import { idleLab, putRun, show } from './setup/lab';

const LEARNING: Partial<RunStoreState> = {
  step: 409,
  diagnosis: { state: 'learning' },
  latest: { loss: -0.874, outputStd: 0.12 },
  course: { firstLoss: 0, earlyStd: 0.124, recent: [] },
};
const COLLAPSED: Partial<RunStoreState> = {
  step: 460,
  diagnosis: { state: 'collapsed', since: 447, outputStd: 0.01, loss: -0.99 },
  latest: { loss: -1, outputStd: 0.0003 },
  changes: [[410, 'stopGradient', false]],
};

const BASELINES: Baselines = {
  inverseSqrtD: 0.125,
  rankBound: 64,
  backboneRankBound: 64,
  knn: { k: 20, temperature: 0.1, bank: 2000, queries: 1000, chance: 0.1, rawPixels: 0.8, untrained: 0.57 },
  viewRetrieval: null,
};

beforeEach(() => page.viewport(1280, 900));

const bar = () => page.getByTestId('status');
const live = () => document.querySelector('[role="status"][aria-live="polite"]')!;

it('says the state and the numbers of now, and keeps its advice behind a button', async () => {
  const lab = idleLab();
  putRun(lab, LEARNING);
  await show(lab, <StatusBar />, 1440);
  await expect.element(bar()).toHaveAttribute('data-state', 'learning');
  await expect.element(bar()).toHaveAttribute('data-tone', 'good');
  await expect.element(bar()).toHaveTextContent(/^Learning\. Different images stay apart \(std 0\.120 of 0\.125\)/);
  lab.runStore.setState(COLLAPSED);
  await expect.element(bar()).toHaveAttribute('data-state', 'collapsed');
  await expect.element(bar()).toHaveTextContent(/37 steps after stop-gradient went off.*std 0\.000 of 0\.125/);
  const button = page.getByRole('button', { name: 'Why?' });
  await expect.element(button).toHaveAttribute('aria-expanded', 'false');
  expect(document.body.textContent).not.toContain('trivial solution');
  await button.click();
  await expect.element(page.getByText(/trivial solution/)).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(page.getByText(/trivial solution/)).not.toBeInTheDocument();
  await expect.element(button).toHaveFocus();
});

it('tells screen readers the states, and not the numbers', async () => {
  const lab = idleLab();
  putRun(lab, LEARNING);
  await show(lab, <StatusBar />);
  await expect.poll(() => live().textContent).toBe('Run: learning.');
  const told: string[] = [];
  const observer = new MutationObserver(() => told.push(live().textContent));
  observer.observe(live(), { childList: true, characterData: true, subtree: true });
  for (let step = 410; step < 415; step++) {
    lab.runStore.setState({ step, latest: { loss: -step / 1000, outputStd: 0.12 } });
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await expect.element(bar()).toHaveTextContent(/loss −0\.414/);
  expect(told).toEqual([]);
  lab.runStore.setState(COLLAPSED);
  await expect.poll(() => told).toEqual(['Run: collapsed since step 447.']);
  expect(live().contains(bar().element()) || bar().element().contains(live())).toBe(false);
  observer.disconnect();
});

it('changes its numbers at most four times a second', async () => {
  const lab = idleLab();
  putRun(lab, LEARNING);
  await show(lab, <StatusBar />);
  let changes = 0;
  const observer = new MutationObserver(() => {
    changes += 1;
  });
  observer.observe(bar().element(), { childList: true, characterData: true, subtree: true });
  const began = performance.now();
  for (let i = 0; performance.now() - began < 1500; i++) {
    lab.runStore.setState({ latest: { loss: -0.5 - i / 1000, outputStd: 0.12 } });
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  observer.disconnect();
  expect(changes).toBeGreaterThan(1);
  expect(changes).toBeLessThanOrEqual(8);
});

it.each([
  [1440, 44, 20],
  [390, 68, 64],
])('at %i pixels it is %i high in every state, and shows all of its text', async (width, height, textHeight) => {
  await page.viewport(width, 900);
  const lab = idleLab();
  await show(lab, <StatusBar />, width);
  const states: Partial<RunStoreState>[] = [
    {},
    LEARNING,
    {
      diagnosis: { state: 'narrowing', since: 430, share: 0.5, outputStd: 0.06 },
      latest: { loss: -0.9, outputStd: 0.07 },
    },
    COLLAPSED,
    {
      diagnosis: { state: 'no-convergence', since: 320, loss: -0.2, startLoss: -0.02 },
      latest: { loss: -0.2, outputStd: 0.12 },
    },
    { runState: 'finished', baselines: BASELINES, latest: { loss: -1, outputStd: 0.0003, knn: 0.56 } },
  ];
  putRun(lab, LEARNING);
  for (const state of states) {
    lab.runStore.setState(state);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const words = bar().element().querySelector('p')!;
    expect(bar().element().getBoundingClientRect().height).toBe(height);
    expect(words.scrollHeight, words.textContent).toBeLessThanOrEqual(textHeight);
    expect(words.scrollWidth, words.textContent).toBeLessThanOrEqual(words.clientWidth);
  }
});

it('an engine that failed shows what to do at once, over the page', async () => {
  const lab = idleLab();
  lab.engineStore.setState({
    state: 'failed',
    error: { code: 'no-engine', message: 'No engine here.', recoverable: true },
  });
  await show(lab, <StatusBar />);
  await expect.element(bar()).toHaveAttribute('data-state', 'failed');
  await expect.element(page.getByRole('alert')).toHaveTextContent(/No engine here\..*hardware acceleration/);
  await expect.element(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  expect(bar().element().getBoundingClientRect().height).toBe(44);
});

it('the chip of the engine says what runs and why, by keyboard too', async () => {
  const lab = idleLab();
  const adapter = {
    engine: 'wasm',
    description: 'processor',
    isSoftware: true,
    threads: 1,
    features: [],
    oneThreadReason: 'The page is not isolated',
    fallbackReason: 'WebGPU: no adapter',
  } as const;
  lab.engineStore.setState({ state: 'ready', adapter });
  await show(lab, <EngineChip />);
  const chip = page.getByRole('button', { name: 'WASM · processor' });
  await expect.element(page.getByTestId('adapter')).toHaveTextContent('WASM · processor');
  await userEvent.tab();
  await expect.element(chip).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect
    .element(page.getByText(/with WebAssembly on one thread.*not isolated\. WebGPU: no adapter\./))
    .toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(page.getByText(/with WebAssembly on one thread/)).not.toBeInTheDocument();
  await expect.element(chip).toHaveFocus();
  const gpu = { ...adapter, engine: 'webgpu', isSoftware: false, oneThreadReason: null, fallbackReason: null } as const;
  lab.engineStore.setState({ adapter: gpu });
  await expect.element(page.getByTestId('adapter')).toHaveTextContent('WebGPU · processor');
  await page.getByRole('button', { name: 'WebGPU · processor' }).click();
  await expect.element(page.getByText('Training runs on the GPU, through WebGPU, the fastest')).toBeVisible();
});

it.each([1440, 390])('at %i pixels a finished run is given more steps', async (width) => {
  await page.viewport(width, 900);
  const lab = idleLab();
  const set = vi.spyOn(lab, 'set');
  const train = vi.spyOn(lab, 'train').mockImplementation(() => undefined);
  putRun(lab, {
    runState: 'finished',
    step: 300,
    baselines: BASELINES,
    latest: { loss: -0.8, outputStd: 0.1, knn: 0.6 },
  });
  await show(lab, <StatusBar />, width);
  const more = page.getByRole('button', { name: '500 more steps' });
  if (width === 390) {
    await expect.element(more).not.toBeInTheDocument();
    await page.getByRole('button', { name: 'Why?' }).click();
  }
  await more.click();
  expect(set).toHaveBeenCalledExactlyOnceWith('totalSteps', 800);
  expect(train).toHaveBeenCalledOnce();
});
