import axe from 'axe-core';
import { afterEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { SuitTable } from '../../src/domain/suiting/suitTable';
import type { Lab } from '../../src/session/lab';
import { SuitButton } from '../../src/ui/suit/SuitButton';
import { imagesInGroups } from '../setup/explored';
import { score, suitTable } from '../setup/suitTable';
import { FakeWorker } from '../unit/session/fakeWorker';
import { idleLab, show } from './setup/lab';

afterEach(() => page.viewport(1280, 800));

const verdict = () => page.getByTestId('suit-verdict');

function opened(): { readonly lab: Lab; readonly worker: FakeWorker } {
  const worker = new FakeWorker();
  const lab = idleLab({}, { openWorker: () => worker });
  lab.datasetStore.setState({ info: imagesInGroups(400, 4) });
  return { lab, worker };
}

/** The panel with the evidence of a search that has ended. */
async function ended(table: SuitTable): Promise<Lab> {
  const { lab } = opened();
  lab.suiting.store.setState({ isOpen: true, table });
  await show(lab, <SuitButton />);
  return lab;
}

async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

it('offers a time, searches, shows the plan and the progress, and is cancelled', async () => {
  const { lab, worker } = opened();
  await show(lab, <SuitButton />);
  await page.getByRole('button', { name: 'Which settings suit my images?' }).click();
  await page.getByText('1 minute', { exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  const [command] = worker.sent('suit');
  expect(command).toMatchObject({ seconds: 60, config: { preset: 'tiny' } });
  const tell = (table: SuitTable) => worker.send({ type: 'progress', id: command!.id, done: 1, total: 60_000, table });
  tell(suitTable({ rounds: [], task: { kind: 'speed' }, secondsLeft: 60, ending: null }, [[], [], [], []]));
  await expect.element(page.getByText('Measuring how long a run takes, to plan the rounds').first()).toBeVisible();
  const task = { kind: 'run', round: 0, entry: 1, share: 0.4 } as const;
  tell(suitTable({ task, secondsLeft: 41, ending: null }, [[score(0.2)], [], [], []]));
  await expect.element(page.getByText(/^Round 1 of 2, run 2 of 4: /).first()).toBeVisible();
  await expect.element(page.getByText('41 s left', { exact: true })).toBeVisible();
  await expect.element(page.getByText('4 × 2,560 images')).toBeVisible();
  await expect.element(page.getByRole('cell', { name: '40 % trained' })).toBeVisible();
  await expect.element(page.getByRole('cell', { name: '20.0 ± 1.6' })).toBeVisible();
  await expect.element(verdict()).not.toBeInTheDocument();
  await expectAccessible();

  await userEvent.keyboard('{Escape}');
  await page.getByRole('button', { name: 'Searching for settings: 41 s left' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(worker.sent('cancelSuit')).toHaveLength(1);
  worker.send({
    type: 'failure',
    id: command!.id,
    error: { code: 'cancelled', message: '', recoverable: true },
  });
  await expect.element(page.getByRole('alert')).toHaveTextContent('The search was cancelled before it had a result.');
  await expect.element(page.getByRole('button', { name: 'Start' })).toBeEnabled();
  await expect.element(verdict()).not.toBeInTheDocument();
});

it('says by how much a candidate is ahead, on what that rests, who was dropped, and applies it', async () => {
  const table = suitTable();
  const lab = await ended(table);
  await expect.element(verdict()).toHaveTextContent(/^“.+” is ahead of your settings by 6\.0 ± 2\.2 points\.$/);
  await expect.element(page.getByText(/Measured after short runs of 5,120 images; in long runs/)).toBeVisible();
  await expect.element(page.getByRole('rowheader').first()).not.toHaveTextContent('Yours');
  await expect.element(page.getByRole('rowheader').nth(1)).toHaveTextContent(/^Yours: SimSiam, rate 0\.5, batch 32/);
  await expect.element(page.getByRole('rowheader').nth(2)).toHaveTextContent(/out after round 1$/);
  await expect.element(page.getByRole('cell', { name: 'diverged' })).toBeVisible();
  await expectAccessible();
  await page.getByRole('button', { name: 'Apply these settings' }).click();
  await expect.poll(() => lab.runStore.getState().config).toEqual(table.entries[1]!.config);
  await page.getByRole('button', { name: 'Back to the settings before' }).click();
  await expect.poll(() => lab.runStore.getState().config).toEqual(table.entries[0]!.config);
});

it('offers nothing to apply where no candidate is ahead by more than the standard error', async () => {
  await ended(suitTable({}, [[score(0.3)], [score(0.32)], [score(0.1)], [score(0.2)]]));
  await expect
    .element(verdict())
    .toHaveTextContent(
      'No candidate is ahead of your settings by more than its standard error: keep them. The best other differs by 2.0 ± 2.3 points.',
    );
  await expect.element(page.getByRole('button', { name: 'Apply these settings' })).not.toBeInTheDocument();
});

it('says that a lead of less than two standard errors may be chance', async () => {
  await ended(suitTable({}, [[score(0.3)], [score(0.34)], [score(0.1)], [score(0.2)]]));
  await expect
    .element(verdict())
    .toHaveTextContent(/by 4\.0 ± 2\.3 points; less than two standard errors may be chance/);
});

it('says that the time is too short, and how much it takes', async () => {
  await ended(suitTable({ rounds: [], ending: 'too-slow', secondsNeeded: 200 }, [[], []]));
  await expect.element(verdict()).toHaveTextContent(/the smallest search takes about 3 min 20 s/);
  await expect.element(page.getByRole('table')).not.toBeInTheDocument();
});

it('says why no search can be started', async () => {
  const { lab } = opened();
  lab.datasetStore.setState({ info: null });
  lab.suiting.open();
  await show(lab, <SuitButton />);
  await expect.element(page.getByRole('button', { name: 'Start' })).toBeDisabled();
  await expect.element(page.getByText('No images are loaded yet.')).toBeVisible();
});
