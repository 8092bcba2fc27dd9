import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Lab } from '../../src/session/lab';
import { SeriesSet } from '../../src/session/run/series';
import { overlayStyle } from '../../src/ui/charts/lineStyles';
import { allCharts } from '../../src/ui/charts/shownCharts';
import { figureFiles } from '../../src/ui/taking/figureFiles';
import { TakeAlongButton } from '../../src/ui/taking/TakeAlongButton';
import { keptRun } from '../setup/runRecord';
import { FakeWorker } from '../unit/session/fakeWorker';
import { idleLab, putRun, show } from './setup/lab';

const FILES = [
  'encoder.safetensors',
  'encoder.onnx',
  'transformers.zip',
  'embeddings.parquet',
  'embeddings.npy',
  'project.zip',
  'figure.zip',
];
const WORDS = 'The engine was lost while the file was made.';

/** A lab with a run on four images, whose worker makes files only when a test lets it. */
function labWithRun(): { readonly lab: Lab; readonly worker: FakeWorker; readonly id: () => number } {
  const worker = new FakeWorker();
  const lab = idleLab({}, { openWorker: () => worker });
  lab.engineStore.setState({ state: 'ready' });
  lab.datasetStore.setState({
    info: {
      name: 'pets',
      source: { kind: 'folder', name: 'pets', count: 4, fingerprint: '' },
      size: 64,
      count: 12_000,
      names: [],
      labels: null,
      classNames: [],
      split: new Uint8Array(12_000),
    },
  });
  putRun(lab);
  lab.runStore.setState({
    step: 20,
    latest: { loss: -0.5 },
    kept: { steps: [{ step: 20, bytes: 3e5 }], problem: null },
  });
  lab.series.get('loss').push(1, -0.5);
  const id = () => worker.sent('takeAlong').at(-1)?.id ?? 0;
  return { lab, worker, id };
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = page.getByRole('dialog', { name: 'Take along' });
const row = (name: string) => dialog.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });

async function open(lab: Lab): Promise<void> {
  await show(lab, <TakeAlongButton />);
  await button('Take along').click();
  await expect.element(dialog).toBeVisible();
}

it('lists the files with what each is for and about how large it is', async () => {
  const { lab } = labWithRun();
  await open(lab);
  for (const name of FILES) await expect.element(button(`Save ${name}`)).toBeEnabled();
  await expect.element(row('encoder.safetensors')).toHaveTextContent('PyTorch');
  await expect.element(row('encoder.safetensors')).toHaveTextContent('about 58 kB');
  await expect.element(dialog).toHaveTextContent('Of all 12,000 images');
  const project = row('project.zip');
  await expect.element(project).toHaveTextContent('about 4.6 MB');
  const tick = page.getByRole('checkbox', { name: /with the images/ });
  await expect.element(tick).not.toBeChecked();
  await expect.element(dialog).toHaveTextContent('Whoever gets the file sees them.');
  await tick.click();
  await expect.element(project).toHaveTextContent('about 152 MB');
});

it('says in words why there is nothing to take, and what there is', async () => {
  const { lab } = labWithRun();
  lab.runStore.setState({ runState: 'diverged' });
  await open(lab);
  for (const name of FILES.slice(0, -1)) {
    await expect.element(button(`Save ${name}`)).toBeDisabled();
    await expect.element(row(name)).toHaveTextContent('has diverged');
    await expect.element(button(`Save ${name}`)).toHaveAccessibleDescription(/has diverged/);
  }
  await expect.element(button('Save figure.zip')).toBeEnabled();
  lab.runStore.setState({ active: null, runState: null, step: 0 });
  await expect.element(row('project.zip')).toHaveTextContent('no run yet');
});

it('makes embeddings by an encoder that was opened, also without a run', async () => {
  const { lab, worker } = labWithRun();
  lab.runStore.setState({ active: null, runState: null });
  const openedEncoder = {
    name: 'mine.safetensors',
    keptId: null,
    backbone: 'tiny ResNet',
    featureDim: 24,
    imageSize: 32,
    network: { backbone: 'tiny', stem: 'cifar', stemStride: 1, imageSize: 32, sourceSize: 64 },
    isNormalisationStated: true,
    notes: [],
  } as const;
  lab.opening.store.setState({ openedEncoder });
  await open(lab);
  await expect.element(button('Save embeddings.parquet')).toBeDisabled();
  await page.getByRole('combobox', { name: 'Encoder of the embeddings' }).selectOptions('opened');
  await expect.element(row('embeddings.parquet')).toHaveTextContent('about 1.2 MB');
  await expect.element(button('Save encoder.onnx')).toBeDisabled();
  await button('Save embeddings.parquet').click();
  await expect.poll(() => worker.sent('takeAlong')[0]?.runId).toBeNull();
  expect(worker.sent('takeAlong')[0]?.what).toEqual({ kind: 'embeddings', format: 'parquet', by: 'opened' });
});

it('shows progress and that training waits, keeps its size, and goes on where the list is closed', async () => {
  const { lab, worker, id } = labWithRun();
  await open(lab);
  const height = () => dialog.element().getBoundingClientRect().height;
  await expect.element(button('Save embeddings.npy')).toBeEnabled();
  const before = height();
  await button('Save embeddings.npy').click();
  const made = row('embeddings.npy');
  await expect.element(made).toHaveTextContent('Being made · training waits');
  worker.send({ type: 'progress', id: id(), done: 3000, total: 12_000 });
  await expect.element(made).toHaveTextContent('3,000 of 12,000 images · training waits');
  await expect.element(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '25');
  await expect.element(button('Save encoder.onnx')).toBeDisabled();
  await expect.element(dialog).toHaveTextContent('the others wait for embeddings.npy');
  expect(height()).toBe(before);
  expect(document.activeElement).toBe(button('Cancel embeddings.npy').element());

  await userEvent.keyboard('{Escape}');
  await expect.element(dialog).not.toBeInTheDocument();
  const opener = button('Take along');
  await expect.element(opener).toHaveFocus();
  await expect.element(opener).toHaveAttribute('title', 'embeddings.npy is being made, 25 %');
  await opener.click();
  await button('Cancel embeddings.npy').click();
  expect(worker.sent('cancelTakeAlong')).toHaveLength(1);
  await expect.element(made).toHaveTextContent('Being cancelled');
  worker.send({ type: 'failure', id: id(), error: { code: 'cancelled', message: '', recoverable: true } });
  await expect.element(button('Save embeddings.npy')).toBeEnabled();
  await expect.element(page.getByRole('status')).toHaveTextContent('embeddings.npy was cancelled.');
  expect(height()).toBe(before);
});

it('saves the file under its name, says its size, and says a problem at its file', async () => {
  const { lab, worker, id } = labWithRun();
  const saved: string[] = [];
  const listen = (event: Event) => {
    if (!(event.target instanceof HTMLAnchorElement) || event.target.download === '') return;
    event.preventDefault();
    saved.push(event.target.download);
  };
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    this.addEventListener('click', listen);
    click.call(this);
  };
  try {
    await open(lab);
    await button('Save encoder.onnx').click();
    const result = { name: 'simsiam-lab-step20-encoder.onnx', file: new Blob([new Uint8Array(2_300_000)]) };
    await expect.poll(id).toBeGreaterThan(0);
    worker.sendRaw({ type: 'reply', id: id(), to: 'takeAlong', result });
    await expect.element(row('encoder.onnx')).toHaveTextContent('saved, 2.3 MB');
    expect(saved).toEqual(['simsiam-lab-step20-encoder.onnx']);
    await button('Save project.zip').click();
    await expect.poll(() => worker.sent('takeAlong').length).toBe(2);
    worker.send({ type: 'failure', id: id(), error: { code: 'device-lost', message: WORDS, recoverable: true } });
    await expect.element(row('project.zip')).toHaveTextContent(WORDS);
    expect(saved).toHaveLength(1);
  } finally {
    HTMLAnchorElement.prototype.click = click;
  }
});

it('makes a figure of every chart with a curve, kept runs and other losses included, with the numbers beside', async () => {
  const { lab } = labWithRun();
  const other = keptRun({ name: 'with Barlow Twins', config: { ...keptRun().config, method: 'barlowTwins' } });
  const series = new SeriesSet();
  series.get('loss').push(1, 30);
  series.get('knn').push(1, 0.5);
  const overlays = [{ run: other, name: 'with Barlow Twins', style: overlayStyle(0), series, deviation: null }];
  const charts = allCharts(lab.runStore.getState().config, overlays);
  const shown = { charts, runs: [] };
  const progress: string[] = [];
  const onDone = (done: number, total: number) => void progress.push(`${done}/${total}`);
  const files = await figureFiles(lab, shown, onDone, new AbortController().signal);
  expect(files.map(({ path }) => path)).toEqual([
    'loss.svg',
    'loss.csv',
    'loss-of-barlow-twins.svg',
    'loss-of-barlow-twins.csv',
    'knn-accuracy.svg',
    'knn-accuracy.csv',
  ]);
  expect(progress).toEqual(['2/6', '4/6', '6/6']);
  const textOf = (at: number) => new TextDecoder().decode(files[at]?.content as Uint8Array);
  expect(textOf(2)).toContain('with Barlow Twins');
  expect(textOf(5)).toContain('step,with Barlow Twins (kept)\r\n1,0.5');
  const aborted = AbortSignal.abort();
  expect(await figureFiles(lab, shown, onDone, aborted)).toEqual([]);
});
