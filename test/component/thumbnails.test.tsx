import { expect, it } from 'vitest';
import type { Picture } from '../../src/domain/measurement';
import { Lab } from '../../src/session/lab';
import { NeighboursPanel } from '../../src/ui/gallery/NeighboursPanel';
import { AugmentPreview } from '../../src/ui/settings/AugmentPreview';
import { syntheticDataset } from '../setup/syntheticDataset';
import { FakeWorker } from '../unit/session/fakeWorker';
import { show } from './setup/lab';

/** A lab whose worker refuses images outside the data set that it holds, as the trainer does. */
function labOf(counts: readonly number[]) {
  let held = 0;
  const asked: number[] = [];
  const pictures = (indices: readonly number[]): Picture[] =>
    indices.map((index) => {
      if (index >= held) throw new Error(`There is no image ${index}.`);
      return { width: 2, height: 2, pixels: new Uint8ClampedArray(16).fill(255) };
    });
  const worker = new FakeWorker({
    setDataset: ({ dataset }) => {
      held = dataset.count;
      return null;
    },
    thumbnails: ({ indices }) => {
      asked.push(...indices.filter((index) => index >= held));
      try {
        return pictures(indices);
      } catch (error) {
        return { code: 'internal', message: String(error), recoverable: true };
      }
    },
    preview: () => ({ size: 2, x1: new Uint8ClampedArray(64), x2: new Uint8ClampedArray(64) }),
  });
  const waiting = [...counts];
  const lab = new Lab('#dataset=folder', {
    openWorker: () => worker,
    loaders: {
      fetchRest: async () => undefined,
      loadSample: () => Promise.reject(new Error('no sample')),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: async () => ({ dataset: syntheticDataset(waiting.shift()), skipped: [], plan: null }),
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
  });
  return { lab, asked };
}

const images = { kind: 'files', title: 'images', collect: async () => [] } as never;

/** The canvases with a name, which show images of the data set, and how many of them are blank. */
function blanks(): { readonly shown: number; readonly blank: number } {
  const all = [...document.querySelectorAll<HTMLCanvasElement>('canvas[role="img"]')].filter(
    (canvas) => !/, view \d$/.test(canvas.getAttribute('aria-label') ?? ''),
  );
  const isBlank = (canvas: HTMLCanvasElement) => canvas.getContext('2d')?.getImageData(0, 0, 1, 1).data[3] === 0;
  return { shown: all.length, blank: all.filter(isBlank).length };
}

it.each([
  [2000, 100],
  [100, 2000],
  [2000, 2000],
])('queries and augmentation originals are shown after a change from %i to %i images', async (before, after) => {
  const { lab, asked } = labOf([before, after]);
  lab.start();
  await show(
    lab,
    <>
      <NeighboursPanel />
      <AugmentPreview />
    </>,
  );
  await lab.loadImages(images);
  await expect.poll(() => blanks()).toMatchObject({ blank: 0 });
  const { shown } = blanks();
  expect(shown).toBeGreaterThan(4);
  await lab.loadImages({ ...(images as object) } as never);
  expect(lab.datasetStore.getState().info?.count).toBe(after);
  await expect.poll(() => blanks()).toEqual({ shown, blank: 0 });
  expect(asked).toEqual([]);
});
