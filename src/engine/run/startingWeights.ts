import * as tf from '@tensorflow/tfjs';
import { BACKBONE_TITLES } from '../../domain/backbones/registry';
import type { RunConfig } from '../../domain/runConfig';
import type { WarmStart } from '../../domain/warmStart';
import type { Normalisation } from '../kernels/augment/normalisation';
import type { Values } from '../network/export/torchLayout';
import { backboneOf } from '../network/networkLayers';
import type { Parameters } from '../network/nn/parameters';
import { torchvisionNames } from '../network/torchvisionNames';
import { RunError } from './checkRun';

/** The weights that a run's backbone begins with. */
export interface StartingWeights {
  readonly identity: WarmStart;
  /** By the names of our parameters `encoder.*`; null where a checkpoint brings the weights, so that only the identity is needed. */
  readonly tensors: ReadonlyMap<string, Values> | null;
}

/**
 * What a run begins with that takes an encoder's weights.
 * @param file the name and the fingerprint (`fingerprintOfWeights`) of the file that the encoder was read from
 */
export function startingWith(
  { tensors, normalisation }: { readonly tensors: ReadonlyMap<string, Values>; readonly normalisation: Normalisation },
  file: { readonly name: string; readonly fingerprint: string },
): StartingWeights {
  return { identity: { ...file, ...normalisation }, tensors };
}

/** Weights as a run took them that began with them: with the run's means and deviations. */
export function asBegunWith<T extends { readonly normalisation: Normalisation }>(
  weights: T,
  { mean, std }: WarmStart,
): T {
  return { ...weights, normalisation: { mean, std } };
}

/** The settings that the shapes of a backbone's weights and what they compute depend on. */
const ARCHITECTURE = ['backbone', 'stem', 'stemStride'] as const;

/** A run's settings with the network of an encoder, and with images as large, and kept as large, as it needs them. */
export function withNetworkOf(config: RunConfig, encoder: RunConfig): RunConfig {
  const { backbone, stem, stemStride, imageSize, sourceSize } = encoder;
  return { ...config, backbone, stem, stemStride, imageSize, sourceSize };
}

/** The names among the settings of the network that are not those of the encoder. */
export function networkDifferences(config: RunConfig, encoder: RunConfig): (typeof ARCHITECTURE)[number][] {
  const matters = config.stem === 'imagenet' ? ARCHITECTURE.filter((name) => name !== 'stemStride') : ARCHITECTURE;
  return matters.filter((name) => config[name] !== encoder[name]);
}

/**
 * Copies the weights of an encoder's backbone, with BN's moving statistics, into the parameters of a run, and into its momentum encoder. The
 * heads stay as they are.
 * @throws RunError where a tensor of the backbone is missing or has another shape
 */
export function beginWith(tensors: ReadonlyMap<string, Values>, parameters: Parameters, config: RunConfig): void {
  const expected = torchvisionNames(backboneOf(config).layers);
  const missing = expected.find(({ ours, shape }) => tensors.get(ours)?.shape.join() !== shape.join());
  if (missing !== undefined) {
    const found = tensors.get(missing.ours);
    const there = found === undefined ? 'is missing' : `has the shape [${found.shape.join(', ')}]`;
    throw new RunError(
      'bad-config',
      `The weights do not fit the network “${BACKBONE_TITLES[config.backbone]}”: “${missing.ours}” ${there}, expected [${missing.shape.join(', ')}]. Choose the backbone and the stem that the weights are of.`,
    );
  }
  const known = new Set(parameters.entries().map(([name]) => name));
  tf.tidy(() => {
    const values = expected.flatMap(({ ours, shape }): [string, tf.Tensor][] => {
      const tensor = tf.tensor(tensors.get(ours)?.values ?? [], [...shape], 'float32');
      return [ours, `target.${ours}`].filter((name) => known.has(name)).map((name) => [name, tensor]);
    });
    parameters.restore(new Map(values));
  });
}
