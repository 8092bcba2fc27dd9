import { describe, expect, test } from 'vitest';
import { stripCommonFolders } from '../../../src/data/labels/directories';
import { labelsByFirstFolder } from '../../../src/data/labels/firstFolder';
import { NO_LABEL, TEST, TRAIN } from '../../../src/domain/imageDataset';
import { isSystemPath } from '../../../src/formats/systemPaths';

/** The label names and splits of full paths, as an import assigns them. */
function plan(paths: readonly string[]) {
  const { labels, classNames, split } = labelsByFirstFolder(stripCommonFolders(paths));
  const named = labels === null ? null : [...labels].map((label) => (label === NO_LABEL ? null : classNames[label]));
  return { labels: named, classNames, split: [...split] };
}

describe('labels by the first folder', () => {
  test.each([
    ['folders below the dropped root', 'pets/cat/1.jpg', 'pets/dog/2.jpg'],
    ['folders below a wrapper', 'pets/all/cat/1.jpg', 'pets/all/dog/2.jpg'],
    ['folders dropped side by side', 'cat/1.jpg', 'dog/2.jpg'],
    ['folders within class folders', 'pets/cat/big/old/1.jpg', 'pets/dog/small/2.jpg'],
    ['folders below a lone train', 'pets/train/cat/1.jpg', 'pets/train/dog/2.jpg'],
    ['names that JavaScript knows', 'pets/cat/constructor.jpg', 'pets/dog/__proto__.jpg'],
  ])('%s', (_, cat, dog) => {
    expect(plan([cat, dog])).toEqual({ labels: ['cat', 'dog'], classNames: ['cat', 'dog'], split: [TRAIN, TRAIN] });
  });

  test.each([
    ['a folder of images', ['holiday/1.jpg', 'holiday/2.jpg']],
    ['loose files', ['1.jpg', '2.jpg']],
    ['one class folder', ['pets/cat/1.jpg', 'pets/cat/2.jpg']],
    ['one class folder beside loose files', ['pets/cat/1.jpg', 'pets/2.jpg']],
    ['nothing', []],
  ])('none for %s', (_, paths) => {
    expect(plan(paths)).toEqual({ labels: null, classNames: [], split: paths.map(() => TRAIN) });
  });

  test('images beside the class folders have no label', () => {
    const paths = ['pets/cat/1.jpg', 'pets/dog/2.jpg', 'pets/cover.jpg'];
    expect(plan(paths).labels).toEqual(['cat', 'dog', null]);
  });

  test('class folders may be named like members of Object', () => {
    expect(plan(['a/constructor/1.jpg', 'a/toString/2.jpg']).labels).toEqual(['constructor', 'toString']);
  });
});

describe('splits by the first folder', () => {
  test.each([
    ['train and test', 'train', 'test'],
    ['val as test', 'train', 'val'],
    ['any case and the long names', 'Training', 'Validation'],
  ])('%s', (_, train, other) => {
    const paths = [`d/${train}/cat/1.jpg`, `d/${train}/dog/2.jpg`, `d/${other}/cat/3.jpg`];
    expect(plan(paths)).toEqual({
      labels: ['cat', 'dog', 'cat'],
      classNames: ['cat', 'dog'],
      split: [TRAIN, TRAIN, TEST],
    });
  });

  test('are kept where there are no classes', () => {
    expect(plan(['d/train/1.jpg', 'd/test/2.jpg'])).toEqual({ labels: null, classNames: [], split: [TRAIN, TEST] });
  });

  test('need both halves: a class may be called train', () => {
    expect(plan(['d/train/1.jpg', 'd/bus/2.jpg'])).toEqual({
      labels: ['train', 'bus'],
      classNames: ['bus', 'train'],
      split: [TRAIN, TRAIN],
    });
  });

  test('images beside them are trained on without a label', () => {
    expect(plan(['d/train/cat/1.jpg', 'd/test/dog/2.jpg', 'd/extra/3.jpg'])).toMatchObject({
      labels: ['cat', 'dog', null],
      split: [TRAIN, TEST, TRAIN],
    });
  });
});

test('hidden and system files', () => {
  const system = [
    '.DS_Store',
    'a/Thumbs.db',
    'a/DESKTOP.INI',
    '__MACOSX/a/b.jpg',
    '.git/a.png',
    'a/._b.jpg',
    'a/@eaDir/x.jpg',
  ];
  expect(system.filter((path) => !isSystemPath(path))).toEqual([]);
  expect(['a/b.jpg', 'thumbs.db.jpg', 'a.b/c.d.png'].filter(isSystemPath)).toEqual([]);
});
