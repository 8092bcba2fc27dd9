import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { Lab } from '../../src/session/lab';
import { DataPanel } from '../../src/ui/data/DataPanel';
import { KeptFolders } from '../../src/ui/data/KeptFolders';
import { MemoryImages, memoryPageStorage } from '../setup/keptImages';
import { idleLab, show } from './setup/lab';

const SIDEBAR = 208;

/** Puts own images of that many bytes into use. */
function use(lab: Lab, name: string, bytes: number): Promise<void> {
  const files = [{ path: `${name}/1.png`, blob: new Blob([new Uint8Array(bytes)]) }];
  const origin = {
    kind: 'files',
    title: name,
    collect: async () => ({ name, found: [{ files, unreadable: [] }] }),
  } as const;
  return lab.keptImages.imagesLoaded({ origin, name, fingerprint: name, count: 1, undecoded: [] });
}

function shown() {
  const storage = new MemoryImages();
  const lab = idleLab({}, { imageStorage: storage, pageStorage: memoryPageStorage() });
  const panels = (
    <>
      <DataPanel />
      <KeptFolders />
    </>
  );
  return { lab, storage, show: () => show(lab, panels, SIDEBAR) };
}

const keep = (size: string) => page.getByRole('button', { name: `Keep, ${size}` });
const question = () => page.getByRole('group', { name: 'Keep these images?' });

it('is asked at the first own images, without moving what is below, and nothing is kept until Keep is pressed', async () => {
  const { lab, storage, show } = shown();
  await show();
  await expect.element(page.getByText('Drop your own')).toBeVisible();
  const height = () => document.querySelector('section')!.getBoundingClientRect().height;
  const before = height();
  await use(lab, 'pets', 34_000_000);
  await expect.element(question()).toBeVisible();
  expect(height()).toBe(before);
  expect(storage.kept.size).toBe(0);
  await keep('34 MB').click();
  await expect.element(page.getByText('Kept on this computer, 34 MB')).toBeVisible();
  await expect.element(question()).not.toBeInTheDocument();
  expect(height()).toBe(before);
  await expect
    .element(page.getByRole('region', { name: 'Kept on this computer' }))
    .toHaveTextContent('Every page of this address');

  await page.getByRole('button', { name: 'Forget', exact: true }).click();
  await expect.element(page.getByText('Your images stay in this tab')).toBeVisible();
  await expect.element(page.getByRole('region', { name: 'Kept on this computer' })).not.toBeInTheDocument();
  expect(storage.kept.size).toBe(0);
});

it('is not asked again after “Only in this tab”, but Keep stays', async () => {
  const { lab, storage, show } = shown();
  await show();
  await use(lab, 'pets', 5000);
  await page.getByRole('button', { name: 'Only in this tab' }).click();
  await use(lab, 'cars', 7000);
  await expect.element(question()).not.toBeInTheDocument();
  await keep('7.0 kB').click();
  await expect.poll(() => [...storage.kept.keys()]).toEqual(['cars']);
});

it('shows the progress of a keep, which can be cancelled, and why one failed', async () => {
  const { lab, storage, show } = shown();
  await show();
  await use(lab, 'pets', 5000);
  storage.writing = ({ signal, onProgress }) => {
    onProgress?.(2000);
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };
  await keep('5.0 kB').click();
  await expect.element(page.getByText('Keeping “pets”: 2.0 kB of 5.0 kB')).toBeVisible();
  await expect.element(page.getByRole('progressbar', { name: 'Images kept' })).toHaveAttribute('aria-valuenow', '40');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.element(page.getByText('Your images stay in this tab')).toBeVisible();
  storage.writing = () => Promise.reject(new Error('broken'));
  await keep('5.0 kB').click();
  await expect.element(page.getByRole('alert')).toHaveTextContent('Not kept: this browser does not store them');
});

it('kept images are chosen among the data sets, and forgotten in their list', async () => {
  const { lab, storage, show } = shown();
  for (const name of ['pets', 'cars']) {
    storage.kept.set(name, { fingerprint: name, name, count: 1, files: [], skipped: [] });
  }
  await lab.keptImages.refresh();
  await show();
  const select = page.getByRole('combobox', { name: 'Data set' });
  await expect.element(select).toHaveTextContent('Kept: pets');
  await page.getByRole('button', { name: 'Forget pets' }).click();
  await expect.poll(() => [...storage.kept.keys()]).toEqual(['cars']);
  await expect.element(select).not.toHaveTextContent('Kept: pets');
});
