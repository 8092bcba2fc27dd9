import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { MAX_OVERLAYS } from '../../src/session/archive/archiveStore';
import type { Lab } from '../../src/session/lab';
import type { RunRecord } from '../../src/storage/runRecord';
import { RunsPanel } from '../../src/ui/runs/RunsPanel';
import { keptRun } from '../setup/runRecord';
import { idleLab, putRun, show } from './setup/lab';

/** A lab that has kept runs, newest first. */
async function labWith(...runs: RunRecord[]): Promise<Lab> {
  const lab = idleLab();
  await expect.poll(() => lab.archive.store.getState().loaded).toBe(true);
  lab.archive.store.setState({ runs });
  return lab;
}

const named = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    keptRun({ id: String(i), name: `run ${i}`, created: Date.UTC(2026, 0, 2, 12, 60 - i), markers: [] }),
  );

const button = (name: string) => page.getByRole('button', { name, exact: true });
const row = (name: string) => page.getByRole('row').filter({ has: button(`Rename ${name}`) });
const tick = (name: string) => page.getByRole('checkbox', { name: `Show ${name} on the charts` });

async function act(name: string, item: string): Promise<void> {
  await button(`Actions for ${name}`).click();
  await page.getByRole('menuitem', { name: item }).click();
}

it('says what to do while there are no runs', async () => {
  await show(await labWith(), <RunsPanel />);
  await expect.element(page.getByText(/^No runs yet\. Press Train/)).toBeVisible();
  await expect.element(button('Save as CSV')).toBeDisabled();
});

it('lists differences, outcome and numbers; the run on the page comes first, without checkbox and actions', async () => {
  const lab = await labWith(keptRun());
  putRun(lab, { step: 3, latest: { loss: -0.25 } });
  await show(lab, <RunsPanel />, 1100);
  const kept = page.getByRole('row').filter({ hasText: 'collapsed at step 114' });
  await expect.element(kept).toHaveTextContent('stop-gradient off at step 61');
  await expect.element(kept).toHaveTextContent('SimSiam, tiny, Fashion-MNIST');
  const cells = [...kept.element().querySelectorAll('td')].map(({ textContent }) => textContent.replace(/\s/g, ' '));
  expect(cells.slice(3, -1)).toEqual(['200', '−0.990', '0.0100', '0.90', '6.0', '40.0 %', '–']);

  const [first] = page.getByRole('row').elements().slice(1);
  expect(first?.textContent).toContain('this run');
  expect(first?.textContent).toContain('−0.250');
  expect(first?.querySelector('input, [data-run-actions]')).toBeNull();
  lab.runStore.setState({ step: 4, latest: { loss: -0.5 } });
  await expect.poll(() => page.getByRole('row').elements()[1]?.textContent).toContain('−0.500');
});

it('renames: Enter saves, Escape cancels, an empty name restores the default; the focus stays', async () => {
  const lab = await labWith(keptRun({ name: 'before' }));
  await show(lab, <RunsPanel />);
  const field = page.getByRole('textbox', { name: 'Name of the run' });
  await button('Rename before').click();
  await field.fill('dropped');
  await userEvent.keyboard('{Escape}');
  await expect.element(button('Rename before')).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await field.fill('after');
  await userEvent.keyboard('{Enter}');
  await expect.element(button('Rename after')).toHaveFocus();
  expect(lab.archive.store.getState().runs[0]?.name).toBe('after');
  await userEvent.keyboard('{Enter}');
  await field.fill('  ');
  await userEvent.keyboard('{Enter}');
  await expect.element(row('SimSiam · stop-gradient off at step 61')).toBeVisible();
});

it('deletes a run, with the focus on Undo, which restores it in its place', async () => {
  await show(await labWith(...named(3)), <RunsPanel />);
  await act('run 1', 'Delete');
  await expect.element(row('run 1')).not.toBeInTheDocument();
  await expect.element(page.getByText('“run 1” was deleted.')).toBeVisible();
  await expect.element(button('Undo')).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  await expect.element(button('Actions for run 1')).toHaveFocus();
  const names = page.getByRole('button', { name: /^Rename/ }).elements();
  expect(names.map((pencil) => pencil.getAttribute('aria-label'))).toEqual([0, 1, 2].map((i) => `Rename run ${i}`));
});

it('says where no outputs of a run were kept', async () => {
  const lab = await labWith(...named(1));
  lab.placeStore.setState({ place: 'compare' });
  await show(lab, <RunsPanel />);
  await act('run 0', 'Replay its outputs');
  await expect.element(page.getByText('No outputs of “run 0” were kept.')).toBeVisible();
  expect(lab.placeStore.getState().place).toBe('compare');
});

it('loads the settings of a run', async () => {
  const lab = await labWith(keptRun({ name: 'cross', config: { ...keptRun().config, similarity: 'crossEntropy' } }));
  await show(lab, <RunsPanel />);
  await act('cross', 'Start from these settings');
  expect(lab.runStore.getState().config.similarity).toBe('crossEntropy');
  await expect.element(page.getByText('The settings of “cross” are loaded')).toBeVisible();
});

it(`lays at most ${MAX_OVERLAYS} runs over the charts`, async () => {
  const lab = await labWith(...named(MAX_OVERLAYS + 1));
  await show(lab, <RunsPanel />);
  for (let i = 0; i < MAX_OVERLAYS; i++) await tick(`run ${i}`).click();
  const shown = () => lab.archive.store.getState().overlays.map(({ id }) => id);
  expect(shown()).toEqual(['0', '1', '2', '3', '4']);
  await expect.element(tick(`run ${MAX_OVERLAYS}`)).toBeDisabled();
  await tick('run 2').click();
  await expect.element(tick(`run ${MAX_OVERLAYS}`)).toBeEnabled();
  expect(shown()).not.toContain('2');
});

it('lists the latest twenty, and all on request', async () => {
  await show(await labWith(...named(23)), <RunsPanel />);
  const count = () => page.getByRole('button', { name: /^Rename/ }).elements().length;
  await expect.poll(count).toBe(20);
  await button('Show 3 older runs').click();
  await expect.poll(count).toBe(23);
});

it('is a list of cards where a table does not fit', async () => {
  const lab = await labWith(...named(2));
  await show(lab, <RunsPanel />, 390);
  const cards = page.getByRole('list', { name: 'Runs' });
  await expect.element(cards).toBeVisible();
  await expect.element(page.getByRole('table')).not.toBeInTheDocument();
  await tick('run 1').click();
  expect(lab.archive.store.getState().overlays.map(({ id }) => id)).toEqual(['1']);
  const { scrollWidth, clientWidth } = cards.element();
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
});

it('offers to delete unreadable runs, and says when runs are not stored', async () => {
  const lab = await labWith(keptRun());
  lab.archive.store.setState({ unreadable: 2, problem: 'full' });
  await show(lab, <RunsPanel />);
  await expect.element(page.getByText(/^2 more runs cannot be read/)).toBeVisible();
  await expect.element(button('Delete them')).toBeVisible();
  await expect.element(page.getByText(/^Storage is full/)).toBeVisible();
});
