import * as tf from '@tensorflow/tfjs';
import type { LiveSettings } from '../spec/runConfig';
import type { Method, MethodOutput, TrainedParameter } from './methods/method';
import { outputStdTensor } from './monitors/outputStd';
import type { Sgd } from './optim/sgd';

export interface Gradients {
  readonly output: MethodOutput;
  readonly trained: readonly TrainedParameter[];
  /** By parameter name; a parameter the loss does not reach has none. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
}

/** Forward and backward pass on two views [N, H, W, 3]; moves BN statistics, changes no weight. Call it inside `tf.tidy`. */
export function computeGradients(method: Method, x1: tf.Tensor4D, x2: tf.Tensor4D, live: LiveSettings): Gradients {
  const trained = method.trained(live);
  let output: MethodOutput | undefined;
  const { grads } = tf.variableGrads(
    () => {
      output = method.forward(x1, x2, live);
      for (const tensor of Object.values(output)) tf.keep(tensor);
      return output.loss;
    },
    trained.map(({ variable }) => variable),
  );
  if (output === undefined) throw new Error('the method was not run');
  const gradients = new Map<string, tf.Tensor>();
  for (const { name, variable } of trained) {
    const gradient = grads[variable.name];
    if (gradient !== undefined) gradients.set(name, gradient);
  }
  return { output, trained, gradients };
}

/** The learning rates of a step: the scheduled one, and the initial one for parameters that keep it. */
export interface StepRates {
  readonly scheduled: number;
  readonly initial: number;
}

/** One update. Returns [loss, output std] as a tensor [2], both from before the update; the caller reads and disposes it. */
export function trainStep(
  method: Method,
  optimiser: Sgd,
  x1: tf.Tensor4D,
  x2: tf.Tensor4D,
  live: LiveSettings,
  rates: StepRates,
): tf.Tensor1D {
  return tf.tidy(() => {
    const { output, trained, gradients } = computeGradients(method, x1, x2, live);
    optimiser.step(
      trained.flatMap(({ name, variable, constantLearningRate }) => {
        const gradient = gradients.get(name);
        if (gradient === undefined) return [];
        return [{ name, variable, gradient, learningRate: constantLearningRate ? rates.initial : rates.scheduled }];
      }),
    );
    const metrics = tf.stack([output.loss, outputStdTensor(output.z1)]) as tf.Tensor1D;
    for (const tensor of Object.values(output)) tensor.dispose();
    return metrics;
  });
}
