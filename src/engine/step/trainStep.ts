import * as tf from '@tensorflow/tfjs';
import type { LiveSettings } from '../../domain/runConfig';
import type { Method, MethodOutput, TrainedParameter } from '../methods/method';
import { SCALAR, type StepInputs } from '../methods/stepInputs';
import { outputStdTensor } from '../monitors/outputStd';
import type { GradientMean } from '../optim/gradientMean';
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
    update(method, optimiser, trained, (name) => gradients.get(name), inputs.scalars);
    withFeatures?.(output.features);
    return metricsOf(output);
  });
}

/**
 * The forward and backward pass of a part of a batch, whose gradients and metrics [2] go into `mean`, which must be prepared
 * (`preparePart`). Returns the names of the parameters that have a gradient.
 */
export function trainPart(
  method: Method,
  mean: GradientMean,
  inputs: StepInputs,
  live: LiveSettings,
  withFeatures?: (features: tf.Tensor2D) => void,
): ReadonlySet<string> {
  let names: ReadonlySet<string> = new Set();
  tf.tidy(() => {
    const { output, gradients } = computeGradients(method, inputs, live);
    withFeatures?.(output.features);
    mean.add(new Map([...gradients, [METRICS, metricsOf(output)]]), inputs.scalars, SCALAR.earlierParts);
    names = new Set(gradients.keys());
  });
  return names;
}

/** Name of the metrics among the means: no parameter has it. */
const METRICS = 'metrics of the step';

/** Prepares `mean` for the parts of a step that trains these parameters. */
export function preparePart(mean: GradientMean, trained: readonly TrainedParameter[]): void {
  mean.prepare([...trained.map(({ name, variable: { shape } }) => ({ name, shape })), { name: METRICS, shape: [2] }]);
}

/** The update after the last part of a batch, for the parameters with a gradient; returns the means of the metrics as `trainStep` does. */
export function updateByMean(
  method: Method,
  optimiser: Sgd,
  mean: GradientMean,
  trained: readonly TrainedParameter[],
  withGradient: ReadonlySet<string>,
  scalars: tf.Tensor1D,
): tf.Tensor1D {
  return tf.tidy(() => {
    update(method, optimiser, trained, (name) => (withGradient.has(name) ? mean.get(name) : undefined), scalars);
    return tf.add<tf.Tensor1D>(mean.get(METRICS), 0);
  });
}

function update(
  method: Method,
  optimiser: Sgd,
  trained: readonly TrainedParameter[],
  gradientOf: (name: string) => tf.Tensor | undefined,
  scalars: tf.Tensor1D,
): void {
  optimiser.step(
    trained.flatMap(({ name, variable, rate }) => {
      const gradient = gradientOf(name);
      if (gradient === undefined) return [];
      return [{ name, variable, gradient, rate: SCALAR[rate] }];
    }),
    scalars,
  );
  method.afterUpdate?.(scalars);
}

/** [loss, output std]; the output is disposed. */
function metricsOf(output: MethodOutput): tf.Tensor1D {
  const metrics = tf.stack([output.loss, outputStdTensor(output.z1)]) as tf.Tensor1D;
  for (const tensor of Object.values(output)) tensor.dispose();
  return metrics;
}
