import * as tf from '@tensorflow/tfjs';
import type { BatchNormGradientInputs, BatchNormGradients, BatchNormInputs, BatchNormOutputs } from './contract';

/** BatchNorm of several views, computed one view after the other by a function for one view. */

type Forward = (inputs: BatchNormInputs) => BatchNormOutputs;
type Backward = (inputs: BatchNormGradientInputs) => BatchNormGradients;

export function forwardByView(ofOneView: Forward): Forward {
  return (inputs) => {
    const { views = 1 } = inputs;
    return views === 1 ? ofOneView(inputs) : joinedForward(ofOneView, inputs, views);
  };
}

export function backwardByView(ofOneView: Backward): Backward {
  return (inputs) => {
    const { views = 1 } = inputs;
    return views === 1 ? ofOneView(inputs) : joinedBackward(ofOneView, inputs, views);
  };
}

function joinedForward(ofOneView: Forward, inputs: BatchNormInputs, views: number): BatchNormOutputs {
  return tf.tidy(() => {
    const xs = tf.split<tf.Tensor2D>(inputs.x, views);
    const residuals = inputs.residual === null ? null : tf.split<tf.Tensor2D>(inputs.residual, views);
    const parts = xs.map((x, i) =>
      ofOneView({ ...inputs, x, residual: residuals === null ? null : residuals[i], views: 1 }),
    );
    return {
      y: tf.concat(parts.map(({ y }) => y)),
      mean: tf.concat(parts.map(({ mean }) => mean)),
      inverseStd: tf.concat(parts.map(({ inverseStd }) => inverseStd)),
    };
  });
}

function joinedBackward(ofOneView: Backward, inputs: BatchNormGradientInputs, views: number): BatchNormGradients {
  const { forward } = inputs;
  const joined = tf.tidy((): Omit<BatchNormGradients, 'dResidual'> & { dResidual?: tf.Tensor2D } => {
    const [dys, xs, ys] = [inputs.dy, inputs.x, forward.y].map((t) => tf.split<tf.Tensor2D>(t, views));
    const [means, inverseStds] = [forward.mean, forward.inverseStd].map((t) => tf.split<tf.Tensor1D>(t, views));
    const parts = xs.map((x, i) =>
      ofOneView({
        ...inputs,
        dy: dys[i],
        x,
        forward: { y: ys[i], mean: means[i], inverseStd: inverseStds[i] },
        views: 1,
      }),
    );
    const residuals = parts.flatMap(({ dResidual }) => (dResidual === null ? [] : [dResidual]));
    const gradients = {
      dx: tf.concat(parts.map(({ dx }) => dx)),
      dGamma: tf.addN<tf.Tensor1D>(parts.map(({ dGamma }) => dGamma)),
      dBeta: tf.addN<tf.Tensor1D>(parts.map(({ dBeta }) => dBeta)),
    };
    return residuals.length === 0 ? gradients : { ...gradients, dResidual: tf.concat(residuals) };
  });
  return { ...joined, dResidual: joined.dResidual ?? null };
}
