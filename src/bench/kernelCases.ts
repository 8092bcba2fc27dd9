import * as tf from '@tensorflow/tfjs';
import { presetConfig } from '../domain/presets';
import { augmentBatch } from '../engine/augment/augmentBatch';
import { drawAugmentParams } from '../engine/augment/drawAugment';
import { AUGMENT_COLUMNS } from '../engine/kernels/augment/params';
import { batchNormBackward, batchNormForward } from '../engine/kernels/batchNorm/batchNorm';
import { trainingConv2d } from '../engine/kernels/conv2d/conv2d';
import { conv2dFilterGradient } from '../engine/kernels/conv2d/filterGradient';
import { convGeometry, type Shape4D } from '../engine/kernels/conv2d/geometry';
import { conv2dInputGradient } from '../engine/kernels/conv2d/inputGradient';
import type { ConvPass } from '../engine/kernels/conv2d/variants';
import { linearInputGradient, linearWeightGradient, trainingLinear } from '../engine/kernels/linear';
import { maxPool, maxPoolGradient } from '../engine/kernels/maxPool';
import { sgdUpdate } from '../engine/kernels/sgd';
import type { ConvUse } from '../engine/kernels/tuning/tuneConvolutions';
import { seededRandom } from '../engine/random';

/** A kernel on given inputs; it runs inside `tf.tidy`. */
export interface KernelCase {
  readonly name: string;
  readonly shape: string;
  /** Floating-point operations; a multiply-add counts as two. */
  readonly flop: number;
  /** Bytes to read every input once and to write every output once. */
  readonly bytes: number;
  readonly run: () => tf.Tensor;
  /** The convolution (or linear layer) that it computes, for choosing its variant. */
  readonly convolution?: ConvUse;
  /** Whether there is a plain tfjs version to compare with that can be recorded; one that assigns to variables cannot. */
  readonly hasStock: boolean;
}

const FLOAT = 4;

export interface ConvolutionSize {
  readonly size: number;
  readonly cin: number;
  readonly cout: number;
  readonly kernel: 1 | 3 | 7;
  readonly stride: 1 | 2;
}

function passesOf(x: Shape4D, kernel: Shape4D, stride: number, pad: number): (pass: ConvPass) => ConvUse {
  return (pass) => ({ geometry: convGeometry(x, kernel, stride, pad), passes: [pass] });
}

export function convolutionCases(batch: number, { size, cin, cout, kernel: k, stride }: ConvolutionSize): KernelCase[] {
  const pad = (k - 1) / 2;
  const x = tf.randomNormal<tf.Rank.R4>([batch, size, size, cin]);
  const kernel = tf.randomNormal<tf.Rank.R4>([k, k, cin, cout]);
  const dy = trainingConv2d(x, kernel, stride, pad);
  const common = {
    shape: `${batch} x ${size}x${size}x${cin} to ${cout}, ${k}x${k}/${stride}`,
    flop: 2 * dy.size * k * k * cin,
    bytes: FLOAT * (x.size + kernel.size + dy.size),
    hasStock: true,
  };
  const as = passesOf(x.shape, kernel.shape, stride, pad);
  return [
    { ...common, name: 'conv forward', convolution: as('forward'), run: () => trainingConv2d(x, kernel, stride, pad) },
    {
      ...common,
      name: 'conv input gradient',
      convolution: as('inputGradient'),
      run: () => conv2dInputGradient(dy, kernel, x.shape, stride, pad),
    },
    {
      ...common,
      name: 'conv filter gradient',
      convolution: as('filterGradient'),
      run: () => conv2dFilterGradient(x, dy, kernel.shape, stride, pad),
    },
  ];
}

/** Max pooling of 3 x 3 windows at stride 2. */
export function maxPoolCases(batch: number, size: number, channels: number): KernelCase[] {
  const x = tf.randomNormal<tf.Rank.R4>([batch, size, size, channels]);
  const dy = maxPool(x);
  const shape = `${batch} x ${size}x${size}x${channels}`;
  // Eight comparisons for each window.
  const flop = 8 * dy.size;
  // The plain version is not tfjs's own pooling, which loses NaN.
  const hasStock = false;
  return [
    {
      name: 'max pool forward',
      shape,
      flop,
      bytes: FLOAT * (x.size + dy.size),
      hasStock,
      run: () => maxPool(x),
    },
    {
      name: 'max pool gradient',
      shape,
      flop,
      bytes: FLOAT * (2 * x.size + dy.size),
      hasStock,
      run: () => maxPoolGradient(dy, x),
    },
  ];
}

export function linearCases(batch: number, inSize: number, outSize: number): KernelCase[] {
  const x = tf.randomNormal<tf.Rank.R2>([batch, inSize]);
  const w = tf.randomNormal<tf.Rank.R2>([inSize, outSize]);
  const dy = tf.randomNormal<tf.Rank.R2>([batch, outSize]);
  const common = {
    shape: `${batch} x ${inSize} to ${outSize}`,
    flop: 2 * batch * inSize * outSize,
    bytes: FLOAT * (x.size + w.size + dy.size),
    hasStock: true,
  };
  const as = passesOf([batch, 1, 1, inSize], [1, 1, inSize, outSize], 1, 0);
  return [
    { ...common, name: 'linear forward', convolution: as('forward'), run: () => trainingLinear(x, w) },
    {
      ...common,
      name: 'linear input gradient',
      convolution: as('inputGradient'),
      run: () => linearInputGradient(dy, w),
    },
    {
      ...common,
      name: 'linear weight gradient',
      convolution: as('filterGradient'),
      run: () => linearWeightGradient(x, dy),
    },
  ];
}

/** BatchNorm followed by ReLU, as in the network. */
export function batchNormCases(rows: number, channels: number): KernelCase[] {
  const x = tf.randomNormal<tf.Rank.R2>([rows, channels]);
  const dy = tf.randomNormal<tf.Rank.R2>([rows, channels]);
  const gamma = tf.ones<tf.Rank.R1>([channels]);
  const beta = tf.zeros<tf.Rank.R1>([channels]);
  const inputs = { x, gamma, beta, residual: null, relu: true, epsilon: 1e-5, moving: null };
  const forward = batchNormForward(inputs);
  const shape = `${rows} x ${channels}`;
  return [
    {
      name: 'BN + ReLU forward',
      shape,
      flop: 7 * x.size,
      bytes: 2 * FLOAT * x.size,
      hasStock: true,
      run: () => batchNormForward(inputs).y,
    },
    {
      name: 'BN + ReLU backward',
      shape,
      flop: 9 * x.size,
      bytes: 4 * FLOAT * x.size,
      hasStock: true,
      run: () => batchNormBackward({ dy, x, gamma, forward, relu: true, hasResidual: false }).dx,
    },
  ];
}

/** One update of a network with `tensors` parameters of `each` numbers. */
export function sgdCase(tensors: number, each: number): KernelCase {
  const variable = () => tf.tidy(() => tf.variable(tf.randomNormal([each])));
  const items = Array.from({ length: tensors }, () => ({
    weight: variable(),
    velocity: variable(),
    gradient: tf.randomNormal([each]),
    rate: 0,
  }));
  const scalars = tf.tensor1d([1e-6]);
  return {
    name: 'SGD, momentum, decay',
    shape: `${tensors} tensors of ${each}`,
    flop: 6 * tensors * each,
    bytes: 5 * FLOAT * tensors * each,
    hasStock: false,
    run: () => {
      sgdUpdate(items, scalars, { momentum: 0.9, weightDecay: 1e-4 });
      return tf.add(scalars, 0);
    },
  };
}

/** Both views of a batch, from packed bytes. */
export function augmentCase(batch: number, size: number): KernelCase {
  const { augment } = presetConfig('paper');
  const pixels = tf.randomUniform<tf.Rank.R3>([batch, size, size], 0, 2 ** 30, 'int32');
  const drawn = drawAugmentParams(augment, 2 * batch, size, seededRandom(0, 'augment'));
  const params = tf.tensor2d(drawn, [2 * batch, AUGMENT_COLUMNS]);
  const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
  const views = 2 * batch * size * size;
  return {
    name: 'augmentation',
    shape: `${batch} x ${size}x${size}, two views`,
    // Four taps of three channels, jitter and normalisation take about 100 operations per pixel.
    flop: 100 * views,
    bytes: FLOAT * (pixels.size + 3 * views),
    hasStock: true,
    run: () => augmentBatch(pixels, params, { normalisation, blur: augment.blur.enabled }),
  };
}
