import { ALL_SAMPLE_VERSIONS, IMAGE_SIZES, SAMPLE_VERSIONS, SOURCE_SIZES } from '../imageDataset';
import { METHOD_NAMES, METHODS, type MethodName } from '../methods/registry';
import { z } from '../zod';
import { DATASET_CHOICES, PRESET_NAMES } from './names';
import { setting } from './setting';

/** More than a page can hold. */
const MOST_IMAGES = 10_000_000;

const METHOD_TITLES = Object.fromEntries(METHOD_NAMES.map((name) => [name, METHODS[name].title])) as Record<
  MethodName,
  string
>;

/** Settings of the run as a whole. The other settings' defaults depend on preset, data set and method. */
export const RUN = {
  preset: setting('run', z.enum(PRESET_NAMES), {
    label: 'Preset',
    help: 'A set of values to start from. All but “paper” and “imagenet” use learning rates at which a run of some hundred steps learns.',
    labels: {
      tiny: 'tiny (no GPU)',
      small: 'small (default)',
      resnet18: 'resnet18 (strong GPU)',
      photos: 'photos (folders of photographs)',
      paper: 'paper (CIFAR-10)',
      imagenet: 'imagenet (paper, strong GPU)',
    },
    source: null,
    value: 'small',
  }),
  dataset: setting('run', z.enum(DATASET_CHOICES), {
    label: 'Data set',
    help: 'The images that the network is trained on. Your own images never leave this computer.',
    labels: { 'fashion-mnist': 'Fashion-MNIST', 'emoji-3d': 'Emoji 3D', folder: 'Your images' },
    source: null,
    value: 'fashion-mnist',
  }),
  method: setting('run', z.enum(METHOD_NAMES), {
    label: 'Method',
    help: 'The loss, and what keeps all outputs from becoming the same.',
    labels: METHOD_TITLES,
    source: null,
    value: 'simsiam',
  }),
  engine: setting('run', z.enum(['auto', 'webgpu', 'webgl', 'wasm']), {
    label: 'Engine',
    help: 'What computes: WebGPU is fastest on a GPU, WebGL works in older browsers, WASM runs on the processor. Automatic measures them and takes the fastest.',
    labels: { auto: 'automatic', webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM (processor)' },
    source: null,
    value: 'auto',
  }),
  precision: setting('run', z.enum(['f32', 'f16']), {
    label: 'Precision',
    help: 'With f16, convolutions on WebGPU multiply in half precision where that is faster and add in f32. Each result differs by less than 0.05 % of its size. Needs a GPU with shader-f16.',
    labels: { f32: 'f32', f16: 'f16 where faster' },
    source: null,
    value: 'f32',
  }),
  seed: setting('run', z.int().min(0).max(0x7fffffff), {
    label: 'Seed',
    help: 'Starts every random draw: initial weights, order of the images, augmentations. The same seed gives the same curve on the same machine.',
    source: null,
    value: 1,
    shownBefore: 'engine',
  }),
  images: setting('run', z.int().min(0).max(MOST_IMAGES), {
    label: 'Number of images',
    help: `How many images of the data set the run uses, spread evenly over it; 0 for all. At least 300 of them are held out, or all that the data set holds out. A run that was started before a sample was complete uses those that were there.`,
    step: 500,
    source: null,
    value: 0,
    formerly: 0,
    shownBefore: 'seed',
  }),
  imageSize: setting('run', z.literal(IMAGE_SIZES), {
    label: 'Image size',
    help: 'Side in pixels of the views and images that the network gets. A step at 64 costs four times as much as at 32.',
    labels: {
      32: '32 × 32 px',
      48: '48 × 48 px',
      64: '64 × 64 px',
      96: '96 × 96 px',
      128: '128 × 128 px',
      160: '160 × 160 px',
      192: '192 × 192 px',
      224: '224 × 224 px',
    },
    source: 'App. D',
    value: 32,
    inPreset: { photos: 96, imagenet: 224 },
    shownBefore: 'seed',
  }),
  sourceSize: setting('run', z.literal(SOURCE_SIZES), {
    label: 'Source size',
    help: 'How images are kept in memory: whole, with a short side of at most this many pixels, so that random crops are cut out of the whole picture. Images are never enlarged; one longer than eight times its short side keeps its middle part. The square, as in earlier versions: cut to the centre square and scaled to the image size.',
    labels: {
      square: 'the square at the image size',
      32: '32 px',
      48: '48 px',
      64: '64 px',
      96: '96 px',
      128: '128 px',
      160: '160 px',
      192: '192 px',
      224: '224 px',
      256: '256 px',
    },
    source: null,
    value: 64,
    inPreset: { photos: 128, imagenet: 256 },
    formerly: 'square',
    shownBefore: 'seed',
  }),
  sample: setting('run', z.literal(ALL_SAMPLE_VERSIONS), {
    label: 'Version of the sample',
    help: 'The version of the sample’s labels and split. Version 2 of Emoji 3D has the same pictures as version 1, but nearly equal ones are either all held out or all trained on.',
    labels: { 1: 'version 1', 2: 'version 2' },
    source: null,
    value: 1,
    forDataset: SAMPLE_VERSIONS,
    formerly: 1,
  }),
  holdOut: setting('run', z.enum(['images', 'pictures']), {
    label: 'Hold out',
    help: 'Where the folders name no test set, about 15 % of each class are held out for kNN: image by image, or with equal and nearly equal pictures together, so that no test image has a near copy among the training images.',
    labels: { images: 'images one by one', pictures: 'equal pictures together' },
    source: null,
    value: 'pictures',
    formerly: 'images',
  }),
  labelRule: setting('run', z.enum(['first', 'found']), {
    label: 'Classes',
    help: 'How classes, training and test images are read from the names of folders: found wherever in the tree they stand, without masks and annotations, or from the first folder of each path, as earlier versions did.',
    labels: { first: 'first folder of a path', found: 'found in the folder tree' },
    source: null,
    value: 'found',
    formerly: 'first',
  }),
};
