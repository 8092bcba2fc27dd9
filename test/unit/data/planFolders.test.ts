import { describe, expect, test } from 'vitest';
import { allFolders, stripCommonFolders } from '../../../src/data/labels/directories';
import { planFolders } from '../../../src/data/labels/planFolders';
import type { FolderRole } from '../../../src/domain/folderCorrections';
import { NO_LABEL, TEST } from '../../../src/domain/imageDataset';

/** Folders with the number of images in each, as a data set on disk: `{ 'train/a': 3 }`. */
type Folders = Readonly<Record<string, number | readonly string[]>>;

function pathsOf(folders: Folders): string[] {
  return Object.entries(folders).flatMap(([folder, files]) => {
    const names = typeof files === 'number' ? Array.from({ length: files }, (_, i) => `${i}.png`) : files;
    return names.map((name) => (folder === '' ? name : `${folder}/${name}`));
  });
}

/** Images per class as [train, test], unlabelled ones as [train, test], and folders that are left out. */
function planOf(folders: Folders, corrections: Readonly<Record<string, FolderRole>> = {}) {
  const paths = stripCommonFolders(pathsOf(folders));
  const plan = planFolders(paths, new Map(Object.entries(corrections)));
  const count = (named: string | null) => {
    const own = paths.flatMap((_, i) => {
      const label = plan.labels?.[i] ?? NO_LABEL;
      const name = label === NO_LABEL ? null : plan.classNames[label];
      return plan.leftOut[i] === null && plan.maskOf[i] === null && name === named ? [plan.split[i]] : [];
    });
    const asked = own.filter((split) => split === TEST).length;
    return [own.length - asked, asked];
  };
  return {
    classes: Object.fromEntries(plan.classNames.map((name) => [name, count(name)])),
    unlabelled: count(null),
    out: [...plan.roles].flatMap(([path, role]) => (role === 'out' ? [path] : [])).sort(),
    notes: plan.notes,
    roles: plan.roles,
  };
}

const AB = { a: [4, 2], b: [4, 2] };

/** Two classes in two folders, with the images of `AB`. */
function both(train: string, test: string): Folders {
  return { [`${train}/a`]: 4, [`${train}/b`]: 4, [`${test}/a`]: 2, [`${test}/b`]: 2 };
}

describe('split folders', () => {
  test.each([
    ['train', 'test'],
    ['train', 'val'],
    ['Training', 'Validation'],
    ['TRAIN', 'TEST'],
    ['training', 'testing'],
    ['train', 'valid'],
    ['train', 'dev'],
    ['train', 'eval'],
    ['training', 'evaluation'],
    ['train', 'holdout'],
    ['train', 'hold_out'],
    ['train', 'Hold-Out'],
    ['train', 'held out'],
    ['train', 'test1'],
    ['train1', 'test1'],
    ['train2017', 'val2017'],
    ['train2014', 'test2015'],
    ['train-2020', 'test-2021'],
    ['2019_train', '2019_val'],
    ['trainset', 'testset'],
    ['train_set', 'test_set'],
    ['training_set', 'test_set'],
    ['TrainSet', 'TestSet'],
    ['train set', 'test set'],
    ['train.images', 'test.images'],
    ['trainData', 'testData'],
    ['traindata', 'testdata'],
    ['train_images', 'test_images'],
    ['images_train', 'images_test'],
    ['img_train', 'img_val'],
    ['my_train', 'my_test'],
    ['my_train', 'test'],
    ['flowers_train', 'test'],
    ['cats_train', 'cats_test'],
    ['seg_train', 'seg_test'],
    ['Final_Training', 'Final_Test'],
    ['GTSRB_Final_Training_Images', 'GTSRB_Final_Test_Images'],
    ['stage1_train', 'stage1_test'],
    ['ILSVRC2012_img_train', 'ILSVRC2012_img_val'],
    ['01_train', '02_test'],
    ['train (1)', 'test (1)'],
    ['train_v2', 'test_v2'],
    ['train_32x32', 'test_32x32'],
    ['train_val', 'test'],
    ['trainval', 'test'],
    ['DUTS-TR', 'DUTS-TE'],
    ['1-Training', '2-Testing'],
    ['train_final', 'test_kaggle'],
    ['Train_Set_A', 'Test_Set_A'],
    ['for_training', 'for_testing'],
    ['Train Data', 'Evaluation Data'],
    ['train-images-2020-01', 'eval-images-2021-05'],
    ['train/train', 'test/test'],
    ['train/images', 'test/images'],
    ['train/data/images', 'test/data/images'],
    ['train/my images', 'test'],
    ['training_set/training_set', 'test_set/test_set'],
    ['seg_train/seg_train', 'seg_test/seg_test'],
    ['car_data/car_data/train', 'car_data/car_data/test'],
    ['images/train', 'images/val'],
    ['Final_Training/Images', 'Final_Test/Images'],
  ])('%s and %s', (train, other) => {
    for (const root of ['', 'set/', 'a/b/']) {
      expect(planOf(both(root + train, root + other))).toMatchObject({ classes: AB, unlabelled: [0, 0] });
    }
  });

  test('with three of them, validation and test images are both test images', () => {
    expect(planOf({ ...both('d/train', 'd/test'), 'd/valid/a': 1, 'd/valid/b': 1 }).classes).toEqual({
      a: [4, 3],
      b: [4, 3],
    });
  });

  test.each([
    ['val', 'test'],
    ['valid', 'test'],
    ['dev', 'eval'],
    ['evaluation', 'test'],
  ])('without a training folder, %s is trained on beside %s, and that is said', (first, second) => {
    const { classes, notes } = planOf(both(first, second));
    expect(classes).toEqual(AB);
    expect(notes).toEqual([expect.stringContaining(`“${first}” is trained on`)]);
  });

  test('within the classes', () => {
    expect(planOf({ 'd/a/train': 4, 'd/a/test': 2, 'd/b/train': 4, 'd/b/test': 2 }).classes).toEqual(AB);
    expect(planOf({ 'd/a/train': 4, 'd/a/test': 2, 'd/b/train': 4, 'd/b/val': 2, 'd/c/train': 3 }).classes).toEqual({
      ...AB,
      c: [3, 0],
    });
    expect(
      planOf({ 'd/x/train/a': 4, 'd/x/test/a': 1, 'd/y/train/b': 4, 'd/y/test/b': 2, 'd/y/test/a': 1 }),
    ).toMatchObject({ classes: AB });
  });

  test('as the ends of class names', () => {
    expect(planOf({ a_train: 4, a_test: 2, b_train: 4, b_test: 2 }).classes).toEqual(AB);
    expect(planOf({ trainA: 4, trainB: 4, testA: 2, testB: 2 }).classes).toEqual({ A: [4, 2], B: [4, 2] });
  });

  test('without classes keep the splits', () => {
    const flat = { classes: {}, unlabelled: [6, 3] };
    expect(planOf({ train: 6, test: 3 })).toMatchObject(flat);
    expect(planOf({ 'train/images': 6, 'test/images': 3 })).toMatchObject(flat);
    expect(planOf({ 'coco/train2017': 6, 'coco/val2017': 3 })).toMatchObject(flat);
    expect(planOf({ 'cars_train/cars_train': 6, 'cars_test/cars_test': 3 })).toMatchObject(flat);
    expect(planOf({ train: 6, test1: 3 })).toMatchObject(flat);
    expect(planOf({ 'train/images': 6, 'valid/images': 3 })).toMatchObject(flat);
  });

  test('images and folders beside them are trained on without a label', () => {
    expect(planOf({ ...both('train', 'test'), extra: 5, '': 1 })).toMatchObject({ classes: AB, unlabelled: [6, 0] });
    expect(planOf({ ...both('train_images', 'test_images'), unlabeled_images: 9 })).toMatchObject({
      classes: AB,
      unlabelled: [9, 0],
    });
    expect(planOf({ ...both('seg_train/seg_train', 'seg_test/seg_test'), 'seg_pred/seg_pred': 9 })).toMatchObject({
      classes: AB,
      unlabelled: [9, 0],
    });
  });

  test('the same data set once more beside the splits keeps its splits', () => {
    const twice = { ...both('x/train', 'x/test'), ...both('x/x/train', 'x/x/test') };
    expect(planOf(twice)).toMatchObject({ classes: { a: [8, 4], b: [8, 4] }, unlabelled: [0, 0] });
  });
});

describe('classes that are named like splits', () => {
  test.each([
    [['train', 'bus', 'car']],
    [['train', 'bus']],
    [['train', 'test', 'bus', 'car']],
    [['training shoes', 'running shoes', 'sandals']],
    [['training_shoes', 'running_shoes', 'test_tube']],
    [['training shoes', 'test tube']],
    [['test tube', 'beaker', 'flask']],
    [['testing equipment', 'training equipment', 'safety equipment']],
    [['trainers', 'boots']],
    [['Test', 'Positive']],
    [['tr', 'te', 'en', 'de']],
    [['valid', 'invalid']],
    [['valid', 'expired', 'forged']],
    [['dev', 'ops']],
    [['evaluation board', 'antenna']],
    [['validation stamp', 'other']],
    [['untrained', 'contest']],
  ])('%j', (names) => {
    const folders = Object.fromEntries(names.map((name) => [`d/${name}`, 3]));
    const plain = Object.fromEntries(names.map((name) => [name, [3, 0]]));
    expect(planOf(folders)).toMatchObject({ classes: plain, unlabelled: [0, 0] });
  });

  test('within splits', () => {
    const classes = ['bus', 'car', 'train'];
    const folders = Object.fromEntries(
      classes.flatMap((name) => [
        [`train/${name}`, 3],
        [`test/${name}`, 1],
      ]),
    );
    expect(planOf(folders).classes).toEqual({ bus: [3, 1], car: [3, 1], train: [3, 1] });
  });
});

describe('classes', () => {
  test.each([
    ['side by side', { a: 1, b: 2 }, { a: [1, 0], b: [2, 0] }],
    ['below a root', { 'd/a': 1, 'd/b': 2 }, { a: [1, 0], b: [2, 0] }],
    ['below wrappers', { 'd/all/images/a': 1, 'd/all/images/b': 2 }, { a: [1, 0], b: [2, 0] }],
    ['with folders in them', { 'd/a/x/y': 1, 'd/b/z': 2, 'd/b': 1 }, { a: [1, 0], b: [3, 0] }],
    ['below a lone train', { 'd/train/a': 1, 'd/train/b': 2 }, { a: [1, 0], b: [2, 0] }],
    ['tiny-imagenet', { 'd/train/n0/images': 3, 'd/train/n1/images': 3 }, { n0: [3, 0], n1: [3, 0] }],
    [
      'Caltech 101',
      { '101_ObjectCategories/crab': 2, '101_ObjectCategories/BACKGROUND_Google': 2 },
      { BACKGROUND_Google: [2, 0], crab: [2, 0] },
    ],
    ['EuroSAT', { 'EuroSAT/2750/Forest': 2, 'EuroSAT/2750/River': 2 }, { Forest: [2, 0], River: [2, 0] }],
    [
      'names of Object',
      { constructor: 2, __proto__x: 1, toString: 2 },
      { __proto__x: [1, 0], constructor: [2, 0], toString: [2, 0] },
    ],
    ['face masks', { with_mask: 2, without_mask: 2 }, { with_mask: [2, 0], without_mask: [2, 0] }],
    ['masks or none', { mask: 2, no_mask: 2 }, { mask: [2, 0], no_mask: [2, 0] }],
    ['masks and hats', { masks: 3, hats: 3, gloves: 3 }, { gloves: [3, 0], hats: [3, 0], masks: [3, 0] }],
    [
      'cars of the type GT',
      { 'Ford GT Coupe 2006': 2, 'Audi R8 2012': 2 },
      { 'Audi R8 2012': [2, 0], 'Ford GT Coupe 2006': [2, 0] },
    ],
    ['matte and glossy', { matte: 2, glossy: 2 }, { glossy: [2, 0], matte: [2, 0] }],
  ])('%s', (_, folders, classes) => {
    expect(planOf(folders)).toMatchObject({ classes, out: [], notes: [] });
  });

  test.each<[string, Folders]>([
    ['a flat folder', { d: 4 }],
    ['loose files', { '': 4 }],
    ['one class', { 'd/a': 4 }],
    ['one class beside loose files', { 'd/a': 2, d: 2 }],
    ['nothing', {}],
  ])('none for %s', (_, folders) => {
    const count = pathsOf(folders).length;
    expect(planOf(folders)).toMatchObject({ classes: {}, unlabelled: [count, 0] });
  });

  test.each<[string, Folders, number]>([
    ['beside a wrapper', { '': 1, 'data/a': 4, 'data/b': 4 }, 1],
    ['beside several wrappers', { d: 1, 'd/e': 1, 'd/e/f/a': 4, 'd/e/f/b': 4 }, 2],
    ['beside the classes', { '': 2, a: 4, b: 4 }, 2],
    ['in a folder of figures', { 'data/a': 40, 'data/b': 40, 'docs/img': 2, assets: 1 }, 3],
  ])('stray images %s have no label', (_, folders, strays) => {
    const { classes, unlabelled } = planOf(folders);
    expect(Object.keys(classes)).toEqual(['a', 'b']);
    expect(unlabelled).toEqual([strays, 0]);
  });

  test('stray images beside and within splits have no label', () => {
    const folders = { '': 1, 'data/train': 1, ...both('data/train', 'data/test'), 'data/test/x': 0, assets: 1 };
    expect(planOf(folders)).toMatchObject({ classes: AB, unlabelled: [3, 0] });
    const inside = { ...both('train/images', 'test/images'), train: 1, test: 1 };
    expect(planOf(inside)).toMatchObject({ classes: AB, unlabelled: [1, 1] });
  });

  test('NFC and NFD are one name', () => {
    const [nfc, nfd] = ['café'.normalize('NFC'), 'café'.normalize('NFD')];
    expect(nfc).not.toBe(nfd);
    expect(planOf({ [`train/${nfd}`]: 4, 'train/b': 4, [`test/${nfc}`]: 2, 'test/b': 2 }).classes).toEqual({
      [nfc]: [4, 2],
      b: [4, 2],
    });
    expect(planOf({ [nfc]: ['1.png'], [nfd]: ['2.png'], b: ['3.png'] }).classes).toEqual({ [nfc]: [2, 0], b: [1, 0] });
    expect(planOf({ [`${nfc}_train`]: 3, [`${nfd}_test`]: 2 })).toMatchObject({ classes: {}, unlabelled: [3, 2] });
  });
});

describe('test images of a class that training lacks', () => {
  test.each<[string, Folders, Record<string, number[]>, number[]]>([
    ['in one folder', { 'train/a': 4, 'train/b': 4, 'test/unknown': 3 }, { a: [4, 0], b: [4, 0] }, [0, 3]],
    [
      'as tiny-imagenet has them',
      { 'train/n0/images': 4, 'train/n1/images': 4, 'val/images': 3, 'test/images': 3 },
      { n0: [4, 0], n1: [4, 0] },
      [0, 6],
    ],
    ['beside others', { ...both('train', 'test'), 'test/c': 5 }, AB, [0, 5]],
    ['one known class alone', { 'train/a': 4, 'train/b': 4, 'test/a': 3 }, { a: [4, 3], b: [4, 0] }, [0, 0]],
  ])('are unlabelled: %s', (_, folders, classes, unlabelled) => {
    expect(planOf(folders)).toMatchObject({ classes, unlabelled });
  });

  test('are said', () => {
    expect(planOf({ ...both('train', 'test'), 'test/c': 5 }).notes).toEqual([
      expect.stringMatching(/5 test images have no label: the training set has no class “c”/),
    ]);
  });

  test('keep their labels where the training images have none', () => {
    const classes = { a: [0, 3], b: [0, 3] };
    for (const train of ['train', 'train/images', 'train/unlabeled']) {
      expect(planOf({ [train]: 8, 'test/a': 3, 'test/b': 3 })).toMatchObject({ classes, unlabelled: [8, 0] });
    }
  });
});

describe('masks and annotations beside the images', () => {
  test.each<[string, Folders, string[]]>([
    ['masks', { 'd/images/a': 2, 'd/images/b': 2, 'd/masks/a': 2, 'd/masks/b': 2 }, ['masks']],
    ['beside classes, with the same folders', { a: 2, b: 2, 'masks/a': 2, 'masks/b': 2 }, ['masks']],
    [
      'beside classes, by file names',
      { a: ['a1.jpg', 'a2.jpg'], b: ['b1.jpg', 'b2.jpg'], masks: ['a1_mask.png', 'a2_mask.png', 'b1_mask.png'] },
      ['masks'],
    ],
    ['within classes', { a: 2, b: 2, 'a/masks': 2, 'b/masks': 2 }, ['a/masks', 'b/masks']],
    [
      'within classes, beside images',
      { 'a/images': 2, 'b/images': 2, 'a/masks': 2, 'b/masks': 2 },
      ['a/masks', 'b/masks'],
    ],
    ['ground truth', { 'images/a': 2, 'images/b': 2, 'ground_truth/a': 2 }, ['ground_truth']],
    ['GroundTruth', { 'img/a': 2, 'img/b': 2, GroundTruth: 2 }, ['GroundTruth']],
    ['annotations of classes', { a: 2, b: 2, annotations: 2 }, ['annotations']],
    [
      'segmentations (CUB)',
      { 'images/a': 2, 'images/b': 2, 'segmentations/a': 2, 'segmentations/b': 2 },
      ['segmentations'],
    ],
  ])('%s', (_, folders, out) => {
    expect(planOf(folders)).toMatchObject({ classes: { a: [2, 0], b: [2, 0] }, out, unlabelled: [0, 0] });
  });

  test.each<[string, Folders, string[], number[]]>([
    ['Oxford pets', { 'pets/images': 6, 'pets/annotations/trimaps': 6 }, ['annotations'], [6, 0]],
    [
      'VOC',
      { 'v/JPEGImages': 6, 'v/SegmentationClass': 3, 'v/SegmentationObject': 3 },
      ['SegmentationClass', 'SegmentationObject'],
      [6, 0],
    ],
    ['Kvasir', { 'k/images': 6, 'k/masks': 6 }, ['masks'], [6, 0]],
    ['img and gt', { 'k/img': 6, 'k/gt': 6 }, ['gt'], [6, 0]],
    ['photos and trimaps', { 'k/photos': 6, 'k/trimaps': 6 }, ['trimaps'], [6, 0]],
    ['Carvana', { train: 6, train_masks: 6, test: 3 }, ['train_masks'], [6, 3]],
    ['CamVid', { train: 6, trainannot: 6, test: 3, testannot: 3 }, ['testannot', 'trainannot'], [6, 3]],
    ['CamVid of Kaggle', { train: 6, train_labels: 6, val: 3, val_labels: 3 }, ['train_labels', 'val_labels'], [6, 3]],
    [
      'Roboflow',
      { 'train/images': 6, 'train/labels': 6, 'valid/images': 3, 'valid/labels': 3 },
      ['train/labels', 'valid/labels'],
      [6, 3],
    ],
    ['YOLO', { 'images/train': 6, 'images/val': 3, 'labels/train': 6, 'labels/val': 3 }, ['labels'], [6, 3]],
    [
      'ADE20K',
      { 'a/images/training': 6, 'a/images/validation': 3, 'a/annotations/training': 6, 'a/annotations/validation': 3 },
      ['annotations'],
      [6, 3],
    ],
    ['ISIC', { ISIC_Training_Input: 6, ISIC_Training_GroundTruth: 6 }, ['ISIC_Training_GroundTruth'], [6, 0]],
    [
      'DUTS',
      { 'DUTS-TR/DUTS-TR-Image': 6, 'DUTS-TR/DUTS-TR-Mask': 6, 'DUTS-TE/DUTS-TE-Image': 3, 'DUTS-TE/DUTS-TE-Mask': 3 },
      ['DUTS-TE/DUTS-TE-Mask', 'DUTS-TR/DUTS-TR-Mask'],
      [6, 3],
    ],
    [
      'DRIVE',
      { 'training/images': 6, 'training/1st_manual': 6, 'training/mask': 6, 'test/images': 3 },
      ['training/1st_manual', 'training/mask'],
      [6, 3],
    ],
    ['Penn-Fudan', { 'p/PNGImages': 6, 'p/PedMasks': 6 }, ['PedMasks'], [6, 0]],
  ])('%s', (_, folders, out, unlabelled) => {
    const plan = planOf(folders);
    expect(plan).toMatchObject({ classes: {}, out, unlabelled });
    expect(plan.notes).toHaveLength(out.length);
    expect(plan.notes[0]).toMatch(/^\d images in “.*” are left out/);
  });

  test('Cityscapes', () => {
    const plan = planOf({
      'leftImg8bit/train/aachen': 3,
      'leftImg8bit/train/bochum': 3,
      'leftImg8bit/val/lindau': 2,
      'gtFine/train/aachen': 9,
      'gtFine/train/bochum': 9,
      'gtFine/val/lindau': 6,
    });
    expect(plan).toMatchObject({ classes: { aachen: [3, 0], bochum: [3, 0] }, unlabelled: [0, 2], out: ['gtFine'] });
  });

  test('are images where there are no others', () => {
    expect(planOf({ 'd/masks/a': 2, 'd/masks/b': 2 })).toMatchObject({ classes: { a: [2, 0], b: [2, 0] }, out: [] });
    expect(planOf({ masks: 2 })).toMatchObject({ out: [], unlabelled: [2, 0] });
  });
});

describe('masks in the same folder as the images', () => {
  const pair = (mask: string, image = 'x.jpg') => [image, mask, 'y.jpg'];

  test.each([
    'x_mask.png',
    'x_seg.png',
    'x.mask.tif',
    'x_gt.png',
    'x_label.png',
    'x_trimap.png',
    'x-mask.png',
    'x mask.png',
    'X_MASK.PNG',
    'x_masks.png',
    'x_mask_1.png',
    'x_mask2.png',
    'x_segmentation.png',
    'x_ground_truth.png',
    'x_groundtruth.bmp',
    'x_labelIds.png',
    'x_matte.png',
    'x_annotation.png',
    'x.jpg.mask.png',
    'x.jpg_mask.png',
  ])('%s beside x.jpg is left out, and told', (mask) => {
    const folders = { a: pair(mask), b: pair(mask) };
    const plan = planOf(folders);
    expect(plan).toMatchObject({ classes: { a: [2, 0], b: [2, 0] }, unlabelled: [0, 0], out: [] });
    expect(plan.notes).toEqual([expect.stringMatching(/^2 images are left out: they are named as masks/)]);
    expect(plan.notes[0]).toContain(`“${mask}” of “x.jpg”`);
    expect(planOf({ '': pair(mask) }).unlabelled).toEqual([2, 0]);
    // The folder is used when asked for, itself or one around it, and the other folder is not.
    expect(planOf(folders, { a: 'use' })).toMatchObject({ classes: { a: [3, 0], b: [2, 0] } });
    expect(planOf(folders, { '': 'use' })).toMatchObject({ classes: { a: [3, 0], b: [3, 0] }, notes: [] });
    // What the folder is says nothing of its masks.
    expect(planOf(folders, { a: 'class' })).toMatchObject({ classes: { a: [2, 0], b: [2, 0] } });
  });

  test.each([
    ['pictures of masks', ['mask_001.jpg', 'mask_002.jpg', 'mask.jpg']],
    ['without the picture', ['face_mask.jpg', 'y.jpg', 'z.jpg']],
    ['with other pictures', ['x_mask.png', 'y_mask.png', 'x1.jpg']],
    ['a word of its own', ['x.jpg', 'x_masked.jpg', 'xmask.jpg']],
    ['words that only begin so', ['x.jpg', 'x_segway.jpg', 'x_labelled.jpg']],
    ['numbers', ['x.jpg', 'x_1.jpg', 'x_2.jpg']],
    ['a name that is nothing else', ['_mask.png', '.jpg', 'gt.png']],
  ])('%s are images', (_, names) => {
    expect(planOf({ a: names, b: 3 })).toMatchObject({ classes: { a: [3, 0], b: [3, 0] }, notes: [] });
  });

  test('the picture of a mask lies in the same folder', () => {
    expect(planOf({ a: ['x_mask.png', 'y.jpg'], b: ['x.jpg', 'y.jpg'] })).toMatchObject({
      classes: { a: [2, 0], b: [2, 0] },
      notes: [],
    });
  });
});

describe('folders of unlabelled images', () => {
  const AND_8 = { a: [4, 0], b: [4, 0] };

  test.each([
    'unlabeled',
    'unlabelled',
    'Unlabelled',
    'no_label',
    'no-labels',
    'unsup',
    'unlabeled2017',
    'unlabeled_images',
    'without_labels',
  ])('labeled/a, labeled/b and %s', (name) => {
    for (const labelled of ['labeled', 'labelled', 'train_labeled']) {
      for (const inside of ['', '/x', '/images/x']) {
        const folders = { [`${labelled}/a`]: 4, [`${labelled}/b`]: 4, [`${name}${inside}`]: 8 };
        const plan = planOf(folders);
        expect(plan).toMatchObject({ classes: AND_8, unlabelled: [8, 0], out: [] });
        expect(plan.notes).toEqual([`8 images in “${name}” have no class: the folder is named so.`]);
        expect(plan.roles.get(name)).toBe('train');
      }
    }
  });

  test.each<[string, Folders, Record<string, number[]>, number[]]>([
    ['STL-10', { ...both('train', 'test'), unlabeled: 8 }, AB, [8, 0]],
    ['STL-10 with numbered parts', { ...both('train', 'test'), 'unlabeled/1': 4, 'unlabeled/2': 4 }, AB, [8, 0]],
    ['beside the classes', { a: 4, b: 4, unlabeled: 8 }, AND_8, [8, 0]],
    ['in the training set', { ...both('train/labeled', 'test'), 'train/unlabeled': 8 }, AB, [8, 0]],
    ['named with the split', { ...both('train_labeled', 'test'), train_unlabeled: 8, test_unlabeled: 3 }, AB, [8, 3]],
    ['in the test set', { ...both('train', 'test'), 'test/unlabeled': 8 }, AB, [0, 8]],
    ['with splits in the labelled folder', { ...both('labeled/train', 'labeled/test'), unlabeled: 8 }, AB, [8, 0]],
    ['of one class', { 'labeled/a': 4, 'labeled/b': 4, unlabeled: 1 }, AND_8, [1, 0]],
  ])('%s', (_, folders, classes, unlabelled) => {
    expect(planOf(folders)).toMatchObject({ classes, unlabelled });
  });

  test.each<[string, Folders, Record<string, number[]>]>([
    ['as the only folder', { 'unlabeled/a': 4, 'unlabeled/b': 4 }, AND_8],
    ['with something in the name', { a: 4, unlabeled_bottle: 4 }, { a: [4, 0], unlabeled_bottle: [4, 0] }],
    ['labels of bottles', { no_label_bottle: 4, label_bottle: 4 }, { label_bottle: [4, 0], no_label_bottle: [4, 0] }],
  ])('classes keep such a name %s', (_, folders, classes) => {
    expect(planOf(folders)).toMatchObject({ classes, unlabelled: [0, 0] });
  });

  test('are a class when asked for', () => {
    expect(planOf({ a: 4, b: 4, unlabeled: 8 }, { unlabeled: 'class' })).toMatchObject({
      classes: { ...AND_8, unlabeled: [8, 0] },
    });
  });
});

describe('real data sets', () => {
  test('MVTec AD: one class is trained on, the defects are unlabelled', () => {
    const plan = planOf({
      'bottle/train/good': 5,
      'bottle/test/good': 2,
      'bottle/test/broken': 3,
      'bottle/ground_truth/broken': 3,
    });
    expect(plan).toMatchObject({ classes: {}, out: ['ground_truth'], unlabelled: [5, 5] });
  });

  test('chest X-ray', () => {
    const folders = Object.fromEntries(
      ['train', 'test', 'val'].flatMap((split) =>
        ['NORMAL', 'PNEUMONIA'].map((name) => [`chest_xray/${split}/${name}`, 2]),
      ),
    );
    expect(planOf(folders).classes).toEqual({ NORMAL: [2, 4], PNEUMONIA: [2, 4] });
  });

  test('GTSRB', () => {
    const kaggle = { Meta: 4, Test: 3, 'Train/0': 2, 'Train/1': 2 };
    expect(planOf(kaggle)).toMatchObject({ classes: { 0: [2, 0], 1: [2, 0] }, unlabelled: [4, 3] });
    const original = {
      'GTSRB/Final_Training/Images/00000': 2,
      'GTSRB/Final_Training/Images/00001': 2,
      'GTSRB/Final_Test/Images': 3,
    };
    expect(planOf(original)).toMatchObject({ classes: { '00000': [2, 0], '00001': [2, 0] }, unlabelled: [0, 3] });
  });

  test('Market-1501', () => {
    expect(planOf({ bounding_box_train: 6, bounding_box_test: 3, query: 2, gt_bbox: 2 })).toMatchObject({
      classes: {},
      unlabelled: [8, 3],
      out: ['gt_bbox'],
    });
  });

  test('iNaturalist', () => {
    const folders = { 'train_val2019/Birds': 4, 'train_val2019/Fungi': 4, test2019: 3 };
    expect(planOf(folders)).toMatchObject({ classes: { Birds: [4, 0], Fungi: [4, 0] }, unlabelled: [0, 3] });
  });
});

describe('corrections', () => {
  test('a folder is a test set: its folders are classes, and the others stay', () => {
    const folders = { 'd/a': 4, 'd/b': 4, 'd/round two/a': 2, 'd/round two/b': 2 };
    expect(Object.keys(planOf(folders).classes)).toEqual(['a', 'b', 'round two']);
    expect(planOf(folders, { 'round two': 'test' })).toMatchObject({ classes: AB, unlabelled: [0, 0] });
  });

  test('a folder in a class is a test set of that class', () => {
    const folders = { a: 4, b: 4, 'a/late': 2, 'b/late': 2 };
    expect(planOf(folders, { 'a/late': 'test', 'b/late': 'test' })).toMatchObject({ classes: AB, unlabelled: [0, 0] });
  });

  test('split folders are classes', () => {
    expect(planOf({ train: 3, test: 2 }, { train: 'class' }).classes).toEqual({ test: [2, 0], train: [3, 0] });
    expect(planOf({ train: 3, test: 2 }, { train: 'class', test: 'class' }).classes).toEqual({
      test: [2, 0],
      train: [3, 0],
    });
  });

  test('a wrapper and a folder within a class are classes', () => {
    const folders = { 'x/a': 2, 'x/b': 2, y: 3 };
    expect(planOf(folders).classes).toEqual({ x: [4, 0], y: [3, 0] });
    expect(planOf(folders, { 'x/a': 'class' }).classes).toEqual({ a: [2, 0], x: [2, 0], y: [3, 0] });
  });

  test('a folder is left out, but not the folders in it that are not', () => {
    const folders = { a: 2, b: 2, c: 2, 'c/d': 2 };
    expect(planOf(folders, { c: 'out' })).toMatchObject({ classes: { a: [2, 0], b: [2, 0] }, out: ['c'] });
    expect(planOf(folders, { c: 'out', 'c/d': 'use' }).classes).toEqual({ a: [2, 0], b: [2, 0], c: [2, 0] });
    expect(planOf({ a: 2, b: 2, '': 3 }, { '': 'out', a: 'use', b: 'use' })).toMatchObject({ unlabelled: [0, 0] });
  });

  test('masks are used when asked for', () => {
    const folders = { images: 3, masks: 3 };
    expect(planOf(folders, { masks: 'use' })).toMatchObject({ classes: { images: [3, 0], masks: [3, 0] }, out: [] });
    expect(planOf(folders, { masks: 'class' })).toMatchObject({ classes: { images: [3, 0], masks: [3, 0] }, out: [] });
  });

  test('a split is trained on', () => {
    const folders = both('train', 'test');
    expect(planOf(folders, { test: 'train' }).classes).toEqual({ a: [6, 0], b: [6, 0] });
  });
});

test('the list of folders is the same for NFC and NFD, and sorted', () => {
  const [nfc, nfd] = ['é'.normalize('NFC'), 'é'.normalize('NFD')];
  expect(allFolders([`b/${nfd}/1.png`, 'a/2.png', `b/${nfc}/3.txt`, '4.png'])).toEqual(['', 'a', 'b', `b/${nfc}`]);
});
