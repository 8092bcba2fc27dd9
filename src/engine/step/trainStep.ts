import * as tf from '@tensorflow/tfjs';
import type { LiveSettings } from '../../domain/runConfig';
import type { Method, MethodOutput, TrainedParameter } from '../methods/method';
import { SCALAR, type StepInputs } from '../methods/stepInputs';
import { outputStdTensor } from '../monitors/outputStd';
import type { Sgd } from '../optim/sgd';
import { valueAndGradients } from './backprop';

export interface Gradients {
  readonly output: MethodOutput;
  readonly trained: readonly TrainedParameter[];
  /** By parameter name; a parameter that the loss does not depend on has none. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
}

/** Forward and backward pass; moves BN statistics, changes no weight. Call it inside `tf.tidy`. */
export function computeGradients(method: Method, inputs: StepInputs, live: LiveSettings): Gradients {
  const trained = method.trained(live, inputs.step);
  let output: MethodOutput | undefined;
  const computed = valueAndGradients(
    () => {
      output = method.forward(inputs, live);
      for (const tensor of Object.values(output)) tf.keep(tensor);
      return output.loss;
    },
    trained.map(({ variable }) => variable),
  );
  if (output === undefined) throw new Error('the method was not run');
  const gradients = new Map<string, tf.Tensor>();
  for (const { name, variable } of trained) {
    const gradient = computed.gradients.get(variable.id);
    if (gradient !== undefined) gradients.set(name, gradient);
  }
  return { output, trained, gradients };
}

/**
 * One update; `optimiser` must be prepared for the trained parameters. Queues device work only: nothing is read back, and nothing made here
 * outlives the step. Returns [loss, output std] as a tensor [2], both from before the update, which is the caller's.
 * @param withFeatures queues other updates that use the batch's features (see `MethodOutput`); it must not dispose them
 */
export function trainStep(
  method: Method,
  optimiser: Sgd,
  inputs: StepInputs,
  live: LiveSettings,
  withFeatures?: (features: tf.Tensor2D) => void,
): tf.Tensor1D {
  return tf.tidy(() => {
    const { output, trained, gradients } = computeGradients(method, inputs, live);
    optimiser.step(
      trained.flatMap(({ name, variable, constantLearningRate }) => {
        const gradient = gradients.get(name);
        if (gradient === undefined) return [];
        const rate = constantLearningRate ? SCALAR.initialLearningRate : SCALAR.learningRate;
        return [{ name, variable, gradient, rate }];
      }),
      inputs.scalars,
    );
    method.afterUpdate?.(inputs, live);
    withFeatures?.(output.features);
    const metrics = tf.stack([output.loss, outputStdTensor(output.z1)]) as tf.Tensor1D;
    for (const tensor of Object.values(output)) tensor.dispose();
    return metrics;
  });
}
