import { type ConfigPath, flattenConfig } from './configPath';
import { choice, FIELD_GROUPS, type FieldGroup, type FieldWords, real, toggle, whole } from './field';
import { ALL_OPTIONS, METHOD_NAMES, METHODS, type MethodName } from './methods/registry';
import { presetConfig } from './presets';
import type { RunConfig } from './runConfig';

/** One setting in words, by its path. */
export interface Field extends FieldWords {
  readonly path: ConfigPath;
}

/** Fields as they are written down below: the group is the list's. */
type Listed = Omit<Field, 'group'>;

const RUN: readonly Listed[] = [
  {
    path: 'preset',
    label: 'Preset',
    help: 'A whole set of values to start from. All but “paper” use learning rates that show something within hundreds of updates.',
    control: choice(
      ['tiny', 'tiny (no GPU)'],
      ['small', 'small (default)'],
      ['resnet18', 'resnet18 (strong GPU)'],
      ['paper', 'paper (CIFAR-10)'],
    ),
    source: null,
  },
  {
    path: 'dataset',
    label: 'Data set',
    help: 'What is learned from. Your own images never leave this computer.',
    control: choice(['fashion-mnist', 'Fashion-MNIST'], ['emoji-3d', 'Emoji 3D'], ['folder', 'Your images']),
    source: null,
  },
  {
    path: 'method',
    label: 'Method',
    help: 'How two views of an image are made to agree without every output becoming the same.',
    control: choice(...METHOD_NAMES.map((name) => [name, METHODS[name].title] as const)),
    source: null,
  },
  {
    path: 'imageSize',
    label: 'Image size',
    help: 'Side in pixels at which images are kept and learned from. 64 costs four times as much as 32.',
    control: choice([32, '32 × 32 px'], [64, '64 × 64 px']),
    source: 'App. D',
  },
  {
    path: 'seed',
    label: 'Seed',
    help: 'Fixes every random draw: weights, order of the images, augmentations. The same seed gives the same curve on the same machine.',
    control: whole(0, 0x7fffffff),
    source: null,
  },
  {
    path: 'engine',
    label: 'Engine',
    help: 'What computes. WebGPU is the fast one; WebGL works in older browsers; WASM needs no GPU at all. Automatic measures, and takes the fastest.',
    control: choice(['auto', 'automatic'], ['webgpu', 'WebGPU'], ['webgl', 'WebGL'], ['wasm', 'WASM (processor)']),
    source: null,
  },
  {
    path: 'precision',
    label: 'Precision',
    help: 'With f16, convolutions on WebGPU may hold what they multiply in half precision where that is faster; sums stay in f32. Each result is off by less than 0.05 % of its size. Needs a GPU with f16 (shader-f16).',
    control: choice(['f32', 'f32'], ['f16', 'f16 where faster']),
    source: null,
  },
];

const NETWORK: readonly Listed[] = [
  {
    path: 'backbone',
    label: 'Backbone',
    help: 'The residual network inside the encoder f. Its features are what is kept after training; the heads are thrown away.',
    control: choice(['tiny', 'tiny ResNet'], ['small', 'small ResNet'], ['resnet18', 'ResNet-18']),
    source: 'App. D',
  },
  {
    path: 'stemStride',
    label: 'Stem stride',
    help: 'Stride of the first convolution. 2 makes everything after it four times cheaper and loses some detail.',
    control: choice([1, '1: full resolution'], [2, '2: a quarter of the cost']),
    source: 'App. D',
  },
  {
    path: 'zeroInitResidual',
    label: 'Zero-init last BN',
    help: 'Each residual block starts as the identity: the scale of its last batch normalisation begins at 0.',
    control: toggle,
    source: 'App. A',
  },
];

const HEADS: readonly Listed[] = [
  {
    path: 'outputDim',
    label: 'Output d',
    help: 'Dimension of z and p. Outputs spread evenly over the sphere have a std of 1/√d.',
    control: whole(2, 4096),
    source: 'App. D',
  },
  {
    path: 'projectorLayers',
    label: 'Projector layers',
    help: 'Layers of the projection MLP at the end of the encoder: 3 on ImageNet, 2 on CIFAR-10.',
    control: choice([2, '2 layers'], [3, '3 layers']),
    source: 'App. D',
  },
  {
    path: 'projectorHidden',
    label: 'Projector width',
    help: 'Width of the projector’s hidden layers.',
    control: whole(2, 4096),
    source: 'Sec. 3',
  },
];

const OPTIMISER: readonly Listed[] = [
  {
    path: 'baseLearningRate',
    label: 'Base learning rate',
    help: 'Scaled by batch/256. The paper’s rate is for hundreds of epochs; a short run on small images needs about 0.5. It can be changed in flight.',
    control: real(0, 100, 0.01),
    source: 'App. D',
  },
  {
    path: 'batchSize',
    label: 'Batch size',
    help: 'Images per update, two views of each. 64 to 2048 work nearly alike in the paper: no large batch is needed.',
    control: whole(4, 4096),
    source: 'App. D',
  },
  {
    path: 'totalSteps',
    label: 'Length of the run',
    help: 'Updates until the run is finished; the cosine schedule reaches 0 there. The paper trains for 800 epochs.',
    control: whole(1, 10_000_000, 100),
    source: 'App. D',
  },
  {
    path: 'schedule',
    label: 'Schedule',
    help: 'How the learning rate goes on: down to 0 along half a cosine, or the same throughout.',
    control: choice(['cosine', 'cosine'], ['constant', 'constant']),
    source: 'Sec. 3',
  },
  {
    path: 'momentum',
    label: 'Momentum',
    help: 'Share of the last update that SGD carries into the next.',
    control: real(0, 0.9999, 0.01),
    source: 'Sec. 3',
  },
  {
    path: 'weightDecay',
    label: 'Weight decay',
    help: 'Pulls every weight towards 0, BN scales and biases included.',
    control: real(0, 1, 0.0001),
    source: 'App. D',
  },
];

const AUGMENT: readonly Listed[] = [
  {
    path: 'augment.crop.enabled',
    label: 'Random crop',
    help: 'Cuts out a random part and resizes it. The augmentation that matters most.',
    control: toggle,
    source: 'App. A',
  },
  {
    path: 'augment.crop.scaleMin',
    label: 'Smallest area',
    help: 'Smallest share of the picture a crop may show.',
    control: real(0.01, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.crop.scaleMax',
    label: 'Largest area',
    help: 'Largest share of the picture a crop may show.',
    control: real(0.01, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.crop.ratioMin',
    label: 'Narrowest',
    help: 'Smallest width over height of a crop.',
    control: real(0.1, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.crop.ratioMax',
    label: 'Widest',
    help: 'Largest width over height of a crop.',
    control: real(1, 10, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.flip.enabled',
    label: 'Horizontal flip',
    help: 'Mirrors left and right.',
    control: toggle,
    source: 'App. A',
  },
  {
    path: 'augment.flip.probability',
    label: 'Probability',
    help: 'How often a view is flipped.',
    control: real(0, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.jitter.enabled',
    label: 'Colour jitter',
    help: 'Changes brightness, contrast, saturation and hue, in random order.',
    control: toggle,
    source: 'App. A',
  },
  {
    path: 'augment.jitter.probability',
    label: 'Probability',
    help: 'How often a view is jittered.',
    control: real(0, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.jitter.brightness',
    label: 'Brightness',
    help: 'Factor drawn from 1 ± this.',
    control: real(0, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.jitter.contrast',
    label: 'Contrast',
    help: 'Factor drawn from 1 ± this.',
    control: real(0, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.jitter.saturation',
    label: 'Saturation',
    help: 'Factor drawn from 1 ± this.',
    control: real(0, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.jitter.hue',
    label: 'Hue',
    help: 'Turn of the colour wheel drawn from ± this; 0.5 is half a turn.',
    control: real(0, 0.5, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.grayscale.enabled',
    label: 'Greyscale',
    help: 'Takes the colour away.',
    control: toggle,
    source: 'App. A',
  },
  {
    path: 'augment.grayscale.probability',
    label: 'Probability',
    help: 'How often a view loses its colour.',
    control: real(0, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.blur.enabled',
    label: 'Gaussian blur',
    help: 'Softens the view. The paper leaves it out at 32 × 32.',
    control: toggle,
    source: 'App. D',
  },
  {
    path: 'augment.blur.probability',
    label: 'Probability',
    help: 'How often a view is blurred.',
    control: real(0, 1, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.blur.sigmaMin',
    label: 'Least sigma',
    help: 'Smallest width of the blur in pixels.',
    control: real(0.05, 4, 0.05),
    source: 'App. A',
  },
  {
    path: 'augment.blur.sigmaMax',
    label: 'Most sigma',
    help: 'Largest width of the blur in pixels.',
    control: real(0.05, 4, 0.05),
    source: 'App. A',
  },
];

const MONITORS: readonly Listed[] = [
  {
    path: 'knn.every',
    label: 'kNN every',
    help: 'Measures kNN accuracy and view retrieval each time this many updates have passed; 0 never does.',
    control: whole(0, 1_000_000, 50),
    source: null,
  },
  {
    path: 'knn.k',
    label: 'kNN k',
    help: 'How many nearest training images vote on the class of a test image.',
    control: whole(1, 1000),
    source: null,
  },
  {
    path: 'knn.temperature',
    label: 'kNN T',
    help: 'Votes weigh exp(similarity/T): the lower, the more the very nearest count.',
    control: real(0.001, 10, 0.01),
    source: null,
  },
  {
    path: 'knn.bank',
    label: 'kNN voters',
    help: 'At most this many labelled training images vote.',
    control: whole(1, 100_000, 500),
    source: null,
  },
  {
    path: 'knn.queries',
    label: 'kNN test images',
    help: 'At most this many test images are classified. Fewer are quicker and less certain.',
    control: whole(1, 100_000, 100),
    source: null,
  },
  {
    path: 'probe.every',
    label: 'Ranks and neighbours every',
    help: 'Measures effective rank and neighbours of some fixed images each time this many updates have passed; 0 never does.',
    control: whole(0, 1_000_000, 5),
    source: null,
  },
  {
    path: 'probe.images',
    label: 'Images for ranks and neighbours',
    help: 'How many fixed training images ranks, neighbours and view retrieval are measured on. A rank cannot be above this number.',
    control: whole(16, 4096, 16),
    source: null,
  },
];

const GROUPS: Record<FieldGroup, readonly Listed[]> = {
  run: RUN,
  network: NETWORK,
  heads: HEADS,
  optimiser: OPTIMISER,
  augment: AUGMENT,
  monitors: MONITORS,
};

const OPTION_FIELDS: readonly Field[] = [...ALL_OPTIONS].map(([path, { group, label, help, control, source }]) => ({
  path,
  group,
  label,
  help,
  control,
  source,
}));

/** Every setting of a run, one field for each path of `RunConfig`, in the order in which the page shows them. */
export const FIELDS: readonly Field[] = FIELD_GROUPS.flatMap((group) => [
  // What makes the method what it is comes before the sizes of its heads, and after the optimiser's common settings.
  ...(group === 'heads' ? OPTION_FIELDS.filter((field) => field.group === group) : []),
  ...GROUPS[group].map((field) => ({ ...field, group })),
  ...(group === 'optimiser' ? OPTION_FIELDS.filter((field) => field.group === group) : []),
]);

const BY_PATH = new Map(FIELDS.map((field) => [field.path, field]));

/** @throws Error when there is no setting of that path. */
export function fieldOf(path: ConfigPath): Field {
  const field = BY_PATH.get(path);
  if (field === undefined) throw new Error(`${path}: no such setting`);
  return field;
}

/** A value as the page writes it: the option's label, `on`/`off`, or the number. */
export function valueLabel(field: Field, value: string | number | boolean | undefined): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (field.control.kind === 'choice') {
    return field.control.options.find((option) => option.value === value)?.label ?? String(value);
  }
  return typeof value === 'number' ? String(shortened(value)) : String(value);
}

/** A number as it is shown: 4/3 is 1.3333. */
export function shortened(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}

/**
 * The paper's CIFAR-10 value of a setting in words, or null where it has none: for settings of this page's own, and for the rate and
 * the sizes that the paper gives for SimSiam alone.
 */
export function paperValue(field: Field, method: MethodName): string | null {
  if (field.source === null || (method !== 'simsiam' && !ALL_OPTIONS.has(field.path))) return null;
  return valueLabel(field, flattenConfig(presetConfig('paper', 'fashion-mnist', method)).get(field.path));
}

/** What differs between two configs, in the config's order. */
export function differingPaths(a: RunConfig, b: RunConfig): ConfigPath[] {
  const other = flattenConfig(b);
  return [...flattenConfig(a)].filter(([path, value]) => other.get(path) !== value).map(([path]) => path);
}
