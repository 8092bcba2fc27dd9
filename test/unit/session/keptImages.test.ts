import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FilesOrigin } from '../../../src/session/data/datasetLoading';
import { KeptImages, type OwnImagesInUse } from '../../../src/session/data/keptImages';
import { createNoticeStore } from '../../../src/session/noticeStore';
import { FileMissing } from '../../../src/storage/keptImageStorage';
import { StorageError } from '../../../src/storage/runStorage';
import { MemoryImages, memoryPageStorage } from '../../setup/keptImages';

const TEXT = { path: 'pets/notes.txt', reason: 'is no image' };

function imagesNamed(name: string, fingerprint = name): OwnImagesInUse {
  const files = ['cat.png', 'dog.png', 'notes.txt'].map((file) => ({ path: `pets/${file}`, blob: new Blob([name]) }));
  const origin: FilesOrigin = {
    kind: 'files',
    title: name,
    collect: async () => ({ name, found: [{ files, unreadable: [] }] }),
  };
  return { origin, name, fingerprint, count: 2, undecoded: [TEXT] };
}

const PETS = imagesNamed('pets');
const CARS = imagesNamed('cars');
/** Bytes of what is kept of `PETS`: two files of four bytes. */
const BYTES = 8;

let storage: MemoryImages;
let choiceStorage: ReturnType<typeof memoryPageStorage>;
let noticeStore: ReturnType<typeof createNoticeStore>;
const persist = vi.fn();

beforeEach(() => {
  storage = new MemoryImages();
  choiceStorage = memoryPageStorage();
  noticeStore = createNoticeStore();
  persist.mockClear();
});

/** An opening of the page in the same browser. */
const opened = () => new KeptImages({ storage, choiceStorage, persist, noticeStore });
const notices = () => noticeStore.getState().notices.map(({ text }) => text);

describe('the consent', () => {
  it('is asked for with the size, and nothing is kept before', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    expect(kept.store.getState()).toMatchObject({ choice: null, own: { name: 'pets', bytes: BYTES }, folders: [] });
    expect([storage.kept.size, persist.mock.calls.length]).toEqual([0, 0]);
  });

  it('to keep: the decodable files are kept, the browser is asked not to delete them, and it is remembered', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    const done = kept.keep();
    // In the person's action, without which browsers refuse it.
    expect(persist).toHaveBeenCalledTimes(1);
    await done;
    const folder = storage.kept.get('pets');
    expect(folder?.files.map(({ path }) => path)).toEqual(['pets/cat.png', 'pets/dog.png']);
    expect(folder?.skipped).toEqual([TEXT]);
    expect(kept.store.getState()).toMatchObject({
      choice: 'keep',
      folders: [{ name: 'pets', bytes: BYTES }],
      keeping: null,
    });

    const later = opened();
    await later.imagesLoaded(CARS);
    expect([...storage.kept.keys()]).toEqual(['pets', 'cars']);
    expect(notices()).toEqual(['“cars” is kept on this computer, too, as you chose.']);
    expect(persist).toHaveBeenCalledTimes(1);
  });

  it('not to keep: it is remembered, and one folder can be kept later', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    kept.onlyInTab();
    const later = opened();
    await later.imagesLoaded(CARS);
    expect(later.store.getState()).toMatchObject({ choice: 'tab', own: { name: 'cars' } });
    expect(storage.kept.size).toBe(0);
    await later.keep();
    expect([...storage.kept.keys()]).toEqual(['cars']);
  });

  it('is not asked for a sample, nor where the browser stores nothing', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    await kept.imagesLoaded(null);
    expect(kept.store.getState().own).toBeNull();
    const nowhere = new KeptImages({ storage: null, choiceStorage: null, persist: null, noticeStore });
    await nowhere.imagesLoaded(PETS);
    expect(nowhere.store.getState().own).toBeNull();
  });

  it('concerns the images that were loaded last, also where listing earlier ones takes longer', async () => {
    let list = () => {};
    const listed = new Promise<void>((resolve) => {
      list = resolve;
    });
    const slow: OwnImagesInUse = {
      ...CARS,
      origin: { ...CARS.origin, collect: () => listed.then(() => CARS.origin.collect()) },
    };
    const kept = opened();
    const first = kept.imagesLoaded(slow);
    await kept.imagesLoaded(PETS);
    list();
    await first;
    expect(kept.store.getState().own?.name).toBe('pets');
  });
});

describe('keeping', () => {
  it('shows its progress, and leaves nothing where it is cancelled; later folders are not kept by themselves', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    const shown: unknown[] = [];
    storage.writing = async ({ onProgress }) => {
      onProgress?.(5);
      shown.push(kept.store.getState().keeping);
      kept.onlyInTab();
    };
    await kept.keep();
    expect(shown).toEqual([{ name: 'pets', fingerprint: 'pets', bytes: BYTES, done: 5 }]);
    expect(kept.store.getState()).toMatchObject({ choice: 'tab', keeping: null, problem: null });
    await kept.imagesLoaded(CARS);
    expect(storage.kept.size).toBe(0);
  });

  it.each([
    ['the storage is full', new StorageError('full', null), /^Not kept: the browser gives this page no more space/],
    ['nothing is stored', new StorageError('unavailable', null), /^Not kept: this browser does not store/],
    ['a file is gone', new FileMissing('pets/cat.png', null), /^Not kept: pets\/cat.png cannot be read any more/],
  ])('says why not where %s, and tries again when asked', async (_, error, words) => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    storage.writing = () => Promise.reject(error);
    await kept.keep();
    expect(kept.store.getState().problem).toMatch(words);
    expect(storage.kept.size).toBe(0);
    storage.writing = async () => {};
    await kept.keep();
    expect(kept.store.getState()).toMatchObject({ problem: null, folders: [{ name: 'pets' }] });
  });

  it('writes one folder after the other', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    let end = () => {};
    const order: string[] = [];
    storage.writing = () => {
      order.push(kept.store.getState().keeping?.name ?? '');
      return new Promise((resolve) => {
        end = resolve;
      });
    };
    const first = kept.keep();
    await vi.waitFor(() => expect(order).toEqual(['pets']));
    const second = kept.imagesLoaded(CARS);
    await vi.waitFor(() => expect(kept.store.getState().own?.name).toBe('cars'));
    expect(order).toEqual(['pets']);
    end();
    await first;
    await vi.waitFor(() => expect(order).toEqual(['pets', 'cars']));
    end();
    await second;
    expect([...storage.kept.keys()]).toEqual(['pets', 'cars']);
  });
});

describe('kept images', () => {
  it('are an origin that gives the same files, and those that were skipped', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    await kept.keep();
    const origin = await opened().originOf('pets');
    expect(origin?.title).toBe('pets');
    const sources = await origin?.collect();
    const found = [];
    for await (const portion of sources?.found ?? []) found.push(portion);
    expect(found.map(({ files, unreadable }) => [files.map(({ path }) => path), unreadable])).toEqual([
      [['pets/cat.png', 'pets/dog.png'], [TEXT]],
    ]);
    expect(await opened().originOf('cars')).toBeNull();
  });

  it('are named where they are damaged', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    await kept.keep();
    storage.damaged.add('pets');
    expect(await kept.originOf('pets')).toBeNull();
    expect(notices()).toEqual([expect.stringMatching(/^“pets” kept on this computer cannot be read: damaged/)]);
  });

  it('are gone once they are forgotten; where they are in use, later folders are not kept by themselves', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    await kept.keep();
    await kept.imagesLoaded(CARS);
    await kept.forget('pets');
    expect(kept.store.getState()).toMatchObject({ choice: 'keep', folders: [{ name: 'cars' }] });
    await kept.forget('cars');
    expect(kept.store.getState()).toMatchObject({ choice: 'tab', folders: [], own: { name: 'cars' } });
    expect(storage.kept.size).toBe(0);
  });

  it('that another tab forgot are not listed any more', async () => {
    const kept = opened();
    await kept.imagesLoaded(PETS);
    await kept.keep();
    storage.kept.clear();
    await kept.refresh();
    expect(kept.store.getState().folders).toEqual([]);
  });
});
