import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Inspection, inspect, inspectionText } from '../../../scripts/inspect/inspection';
import { decodeWithSharp } from '../../../scripts/node/decodeWithSharp';
import { loadDataset } from '../../../scripts/node/loadDataset';
import { datasetCounts } from '../../../src/data/describeDataset';
import { decodeBatch } from '../../../src/data/import/decodeBatch';
import { runImport } from '../../../src/data/import/runImport';
import type { ImportResult, ImportSettings } from '../../../src/data/importTypes';
import { BANK, bankIndicesOf, inMemory, labelledIndicesOf, NO_LABEL, TEST } from '../../../src/domain/imageDataset';
import { picture } from '../../setup/imageFiles';

const FIXTURES = join(import.meta.dirname, '../../fixtures/import');
/** As the page has them, but for the batch size. */
const WHOLE = { sourceSize: 64, imageSize: 32 } as const;
const SETTINGS: ImportSettings = { ...WHOLE, seed: 1, holdOut: 'pictures', labelRule: 'found', batchSize: 1 };

interface Expected {
  readonly classes: Readonly<Record<string, readonly [train: number, test: number]>>;
  readonly unlabelled: number;
  readonly splits: readonly [train: number, test: number];
}

/** The right values of every input; images held out by the import count as test images. */
const INPUTS: readonly (readonly [paths: readonly string[], expected: Expected])[] = [
  [
    ['01_class_only_in_test/keras_test_unknown'],
    { classes: { a: [34, 6], b: [34, 6] }, unlabelled: 20, splits: [68, 32] },
  ],
  [
    ['01_class_only_in_test/tiny-imagenet-200'],
    {
      classes: Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`n0144${i}`, [17, 3] as const])),
      unlabelled: 60,
      splits: [102, 78],
    },
  ],
  [['02_split_folders_become_classes/dogs_vs_cats'], { classes: {}, unlabelled: 36, splits: [24, 12] }],
  ...['double_train', 'split_then_images'].map((name): (typeof INPUTS)[number] => [
    [`02_split_folders_become_classes/${name}`],
    { classes: { a: [12, 4], b: [12, 4] }, unlabelled: 0, splits: [24, 8] },
  ]),
  ...['split_synonyms_dev', 'split_train_dir_suffix', 'split_val_only', 'trainset'].map(
    (name): (typeof INPUTS)[number] => [
      [`02_split_folders_become_classes/${name}`],
      { classes: { a: [10, 4], b: [10, 4] }, unlabelled: 0, splits: [20, 8] },
    ],
  ),
  [
    ['02_split_folders_become_classes/kaggle_training_set'],
    { classes: { cats: [12, 4], dogs: [12, 4] }, unlabelled: 0, splits: [24, 8] },
  ],
  [
    ['02_split_folders_become_classes/train.zip', '02_split_folders_become_classes/test.zip'],
    { classes: { cat: [8, 3], dog: [8, 3] }, unlabelled: 0, splits: [16, 6] },
  ],
  [
    ['02_split_folders_become_classes/trainset/trainset', '02_split_folders_become_classes/trainset/testset'],
    { classes: { a: [10, 4], b: [10, 4] }, unlabelled: 0, splits: [20, 8] },
  ],
  [
    ['04_stray_image_takes_labels/repo_with_logo'],
    { classes: { a: [40, 10], b: [40, 10] }, unlabelled: 1, splits: [81, 20] },
  ],
  [['04_stray_image_takes_labels/stray'], { classes: { a: [10, 4], b: [10, 4] }, unlabelled: 1, splits: [21, 8] }],
  [
    ['05_unlabelled_train_labelled_test/ssl_flat_train'],
    { classes: { a: [0, 15], b: [0, 15] }, unlabelled: 80, splits: [80, 30] },
  ],
];

function expectCounts(counts: Pick<Inspection, 'classes' | 'unlabelled' | 'splits'>, expected: Expected): void {
  expect(Object.fromEntries(counts.classes.map(({ name, train, test: asked }) => [name, [train, asked]]))).toEqual(
    expected.classes,
  );
  expect(counts.unlabelled).toBe(expected.unlabelled);
  expect([counts.splits.train, counts.splits.test]).toEqual(expected.splits);
}

/** An import as the page's worker makes it, of files with these paths that all hold the same picture or their own. */
async function imported(
  files: ReadonlyMap<string, Uint8Array>,
  settings: Partial<ImportSettings> = {},
): Promise<ImportResult> {
  const sources = [...files].map(([path, bytes]) => ({ path, blob: new Blob([Uint8Array.from(bytes)]) }));
  return runImport(
    { name: 'test', found: [{ files: sources, unreadable: [] }] },
    { ...SETTINGS, ...settings },
    [(batch) => decodeBatch(batch, SETTINGS, decodeWithSharp)],
    () => undefined,
  );
}

/** Small pictures that all differ, at these paths. */
async function pictures(paths: readonly string[]): Promise<Map<string, Uint8Array>> {
  const shade = (i: number) => [(37 * i) % 256, (91 * i) % 256, (7 * i) % 256] as const;
  const all = paths.map(async (path, i) => {
    const image = picture([shade(i), shade(i + 50), shade(i + 90), shade(3 * i)], 32, 32);
    return [path, await image.png().toBuffer()] as const;
  });
  return new Map(await Promise.all(all));
}

const times = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/${i}.png`);

describe.each(INPUTS)('%j', (paths, expected) => {
  const places = paths.map((path) => join(FIXTURES, path));

  test('has the right classes and splits, under Node and as inspect says', async () => {
    const { dataset, plan } = await loadDataset(places, SETTINGS);
    expectCounts(datasetCounts(dataset), expected);
    const { inspection } = await inspect(places);
    expectCounts(inspection, expected);
    expect(inspection).toMatchObject({ images: dataset.count, size: dataset.size });
    expect(inspection.notes).toEqual(expect.arrayContaining([...(plan?.notes ?? [])]));
    expect(dataset.count).toBe(expected.splits[0] + expected.splits[1]);
  });

  test('can be asked for, where there are classes', async () => {
    const { dataset } = await loadDataset(places, SETTINGS);
    const hasClasses = Object.keys(expected.classes).length > 0;
    const queries = labelledIndicesOf(dataset, TEST);
    const bank = bankIndicesOf(dataset);
    expect([bank.length > 0, queries.length > 0]).toEqual([hasClasses, hasClasses]);
    const voters = new Set([...bank].map((i) => dataset.labels?.[i]));
    expect([...queries].every((i) => voters.has(dataset.labels?.[i]))).toBe(true);
  });
});

test('every input is tested', async () => {
  for (const kind of [
    '01_class_only_in_test',
    '02_split_folders_become_classes',
    '04_stray_image_takes_labels',
    '05_unlabelled_train_labelled_test',
  ]) {
    for (const name of await readdir(join(FIXTURES, kind))) {
      expect(INPUTS.some(([paths]) => paths.some((path) => path.startsWith(`${kind}/${name}`)))).toBe(true);
    }
  }
});

describe('kNN', () => {
  test('half of a labelled test set votes where the training set has no labels', async () => {
    const { dataset, plan } = await loadDataset(
      join(FIXTURES, '05_unlabelled_train_labelled_test/ssl_flat_train'),
      SETTINGS,
    );
    const { labels, split } = dataset;
    const of = (part: number) =>
      [0, 1].map((label) => [...split.keys()].filter((i) => split[i] === part && labels?.[i] === label).length);
    expect(of(TEST).every((count) => count >= 7 && count <= 8)).toBe(true);
    expect(of(BANK).every((count) => count >= 7 && count <= 8)).toBe(true);
    expect([...split.keys()].every((i) => (labels?.[i] === NO_LABEL) === (split[i] === 0))).toBe(true);
    expect(plan?.notes).toEqual([expect.stringMatching(/half of the labelled test images vote/)]);
    const again = await loadDataset(join(FIXTURES, '05_unlabelled_train_labelled_test/ssl_flat_train'), {
      ...SETTINGS,
      holdOut: 'images',
    });
    expect(datasetCounts(again.dataset)).toMatchObject({ bank: 15, splits: { train: 80, test: 30 } });
  });

  test('one image a class: it is said why there is none', async () => {
    const { dataset, plan } = await imported(await pictures(['a/1.png', 'b/1.png', 'c/1.png', 'd/1.png']));
    expect(labelledIndicesOf(dataset, TEST)).toHaveLength(0);
    expect(plan?.notes).toEqual([expect.stringMatching(/^Each class has only one image, so none can be held out/)]);
  });
});

describe('masks beside the images', () => {
  const paths = [
    ...times('d/images/a', 10),
    ...times('d/images/b', 10),
    ...times('d/masks/a', 10),
    ...times('d/masks/b', 10),
  ];

  test('are left out and reported, and used when asked for', async () => {
    const files = await pictures(paths);
    const { dataset, skipped, plan } = await imported(files);
    expect(dataset.count).toBe(20);
    expect(dataset.widths).toEqual(new Uint16Array(20).fill(32));
    expect(inMemory(dataset).offsets).toHaveLength(20);
    expect(skipped.map(({ path }) => path)).toEqual([...times('d/masks/a', 10), ...times('d/masks/b', 10)].sort());
    expect(skipped[0]?.reason).toMatch(/left out: the folder “masks” is named/);
    expect(plan?.notes[0]).toMatch(/20 images in “masks” are left out/);

    const position = plan!.folders.findIndex(({ path }) => path === 'masks');
    const used = await imported(files, { corrections: [{ position, role: 'use' }] });
    expect(used.dataset.count).toBe(40);
    expect(used.dataset.source).toMatchObject({ fingerprint: (dataset.source as { fingerprint: string }).fingerprint });
    // The pixels belong to the names, wherever images are left out.
    const [first, all] = [inMemory(dataset), inMemory(used.dataset)];
    for (const [i, name] of first.names.entries()) {
      const there = all.names.indexOf(name);
      const bytesAt = (offset: number) => all.pixels.subarray(offset, offset + 32 * 32 * 4);
      expect(first.pixels.subarray(first.offsets[i], first.offsets[i] + 32 * 32 * 4)).toEqual(
        bytesAt(all.offsets[there]),
      );
    }
  });

  test('are images to earlier versions', async () => {
    const { dataset, skipped } = await imported(await pictures(paths), { labelRule: 'first' });
    expect(dataset).toMatchObject({ count: 40, classNames: ['images', 'masks'] });
    expect(skipped).toEqual([]);
  });
});

describe('corrections', () => {
  const paths = [...times('d/a', 10), ...times('d/b', 10), ...times('d/late/a', 4), ...times('d/late/b', 4)];

  test('name places in the sorted list of folders', async () => {
    const { plan } = await imported(await pictures(paths));
    expect(plan?.folders.map(({ path, images, role }) => [path, images, role])).toEqual([
      ['', 28, null],
      ['a', 10, 'class'],
      ['b', 10, 'class'],
      ['late', 8, 'class'],
      ['late/a', 4, null],
      ['late/b', 4, null],
    ]);
    const corrected = await imported(await pictures(paths), { corrections: [{ position: 3, role: 'test' }] });
    expect(datasetCounts(corrected.dataset).classes).toEqual([
      { name: 'a', train: 10, test: 4 },
      { name: 'b', train: 10, test: 4 },
    ]);
    expect(corrected.plan).toMatchObject({ corrections: [{ position: 3, role: 'test' }], isMisfit: false });
  });

  test('that do not fit, or are for other images, are not used', async () => {
    const files = await pictures(paths);
    const misfit = await imported(files, {
      corrections: [
        { position: 1, role: 'out' },
        { position: 6, role: 'test' },
      ],
    });
    expect(misfit.plan).toMatchObject({ corrections: [], isMisfit: true });
    expect(misfit.dataset.count).toBe(28);
    const others = await imported(files, { corrections: [{ position: 1, role: 'out' }], correctionsFor: 'f00' });
    expect(others.plan).toMatchObject({ corrections: [], isMisfit: false });
    expect(others.dataset.count).toBe(28);
  });

  test('of inspect', async () => {
    const folder = join(FIXTURES, '01_class_only_in_test/keras_test_unknown');
    const inspected = await inspect([folder], '1:out');
    expect(inspected.inspection).toMatchObject({ images: 80, unlabelled: 0 });
    expect(inspectionText(inspected)).toMatch(/test +20 +out +1\n/);
    expect((await inspect([folder], '99:out')).inspection.notes).toContainEqual(
      expect.stringMatching(/none of them is used/),
    );
    await expect(inspect([folder], 'test:out')).rejects.toThrow();
  });
});

test('NFC and NFD: the order of the images and the fingerprint are the same', async () => {
  const names = ['é/1.png', 'é/2.png', 'f/1.png', 'f/2.png'];
  const files = [...(await pictures(names))];
  const as = (form: string) => imported(new Map(files.map(([path, bytes]) => [path.normalize(form), bytes])));
  const [nfc, nfd] = [await as('NFC'), await as('NFD')];
  expect(nfd.dataset.source).toEqual(nfc.dataset.source);
  expect(inMemory(nfd.dataset).pixels).toEqual(inMemory(nfc.dataset).pixels);
  expect(nfd.dataset.classNames).toEqual(nfc.dataset.classNames);
});

test('inspect reports what cannot be read, and refuses places that do not exist', async () => {
  const { inspection } = await inspect([join(FIXTURES, '16_ui_alert_overflow/hexbad')]);
  expect(inspection).toMatchObject({ images: 0, classes: [], splits: { train: 0, test: 0 } });
  expect(inspection.skipped).toHaveLength(1);
  expect(inspection.notes[0]).toMatch(/no images here that can be read/);
  await expect(inspect(['no/such/folder'])).rejects.toThrow(/no such folder/);
  expect((await inspect(['emoji-3d'])).inspection.classes).toHaveLength(9);
});

test('numbers agree with their nouns in what inspect prints', async () => {
  const one = inspectionText(await inspect([join(FIXTURES, '07_webp_orientation/webp_exiftool6.webp')]));
  expect(one).toMatch(/: 1 image, short side 64 px\n/);
  expect(one).toMatch(/there is 1\. Add images\.$/);
  expect(one).toMatch(/no classes +train +test\n/);
});
