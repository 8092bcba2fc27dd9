import type * as tf from '@tensorflow/tfjs';
import { NOTHING_FROZEN } from '../../domain/backbones/freezing';
import { seededRandom } from '../random';
import { buildLayers, type Layers } from './buildLayers';
import { buildEncoder, type Encoder } from './encoder';
import type { NetworkLayers } from './networkLayers';
import { Parameters } from './nn/parameters';

/** The networks that every method has, with their weights. */
export interface Network {
  readonly layers: NetworkLayers;
  readonly parameters: Parameters;
  /** Parameters `encoder.*` and `projector.*`. */
  readonly encoder: Encoder;
  /** z [N, d] -> p [N, d]. Parameters `predictor.*`. */
  readonly predictor: Layers<tf.Tensor2D>;
  /** Builds a second encoder with the same initial weights as the first, and with parameters of its own. */
  encoderAgain(): { readonly encoder: Encoder; readonly parameters: Parameters };
}

/** Draws the weights; the same seed gives the same ones. */
export function buildNetwork(layers: NetworkLayers, seed: number, freezing = NOTHING_FROZEN): Network {
  const encoderAgain = () => {
    const parameters = new Parameters(freezing);
    return { parameters, encoder: buildEncoder(parameters, layers, seed, freezing) };
  };
  const { parameters, encoder } = encoderAgain();
  return {
    layers,
    parameters,
    encoder,
    predictor: buildLayers<tf.Tensor2D, tf.Tensor2D>(
      parameters,
      layers.predictor,
      seededRandom(seed, 'init', 'predictor'),
    ),
    encoderAgain,
  };
}
