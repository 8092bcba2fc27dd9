import * as tf from '@tensorflow/tfjs';
import { SCALAR, SCALARS, type StepInputs } from '../../src/engine/methods/stepInputs';

/** The inputs of a step with these two views. `positions` and `scalars` are new tensors, which `disposeStepInputs` frees. */
export function stepInputs(
  x1: tf.Tensor4D,
  x2: tf.Tensor4D,
  { step = 0, learningRate = 0.05, tau = 0.99 }: { step?: number; learningRate?: number; tau?: number } = {},
): StepInputs {
  const numbers = new Float32Array(SCALARS);
  numbers[SCALAR.learningRate] = learningRate;
  numbers[SCALAR.initialLearningRate] = learningRate;
  numbers[SCALAR.backboneLearningRate] = learningRate;
  numbers[SCALAR.tau] = tau;
  return {
    step,
    x1,
    x2,
    moreViews: [],
    smallViews: [],
    images: tf.range(0, x1.shape[0], 1, 'int32'),
    scalars: tf.tensor1d(numbers),
    targets: null,
  };
}

/** Frees all inputs except the views. */
export function disposeStepInputs({ images, scalars }: StepInputs): void {
  tf.dispose([images, scalars]);
}
