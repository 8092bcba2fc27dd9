import * as tf from '@tensorflow/tfjs';
import { NOTHING_FROZEN } from '../../../domain/backbones/freezing';
import { indicesOf, TRAIN } from '../../../domain/imageDataset';
import type { RunConfig } from '../../../domain/runConfig';
import { UnusableFile } from '../../../formats/unusableFile';
import { ImageSource } from '../../images/imageSource';
import type { TrainingImages } from '../../images/pictureCache';
import type { Normalisation } from '../../kernels/augment/normalisation';
import { createMethod } from '../../methods/registry';
import { RunMonitors } from '../../monitors/runMonitors';
import type { Values } from '../../network/export/torchLayout';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { EncoderWeights } from './encoderWeights';

/** Images at once while BN's statistics are measured. */
const CHUNK = 32;
const PREFIX = 'parameters/';
const IS_ENCODER = /^(encoder|projector)\./;

/**
 * The encoder of a checkpoint as a run on these images measures with it: with their means and deviations, or those of the weights that it began
 * with, and BN's statistics of them. For the images of its run these are the features that it showed.
 * @throws UnusableFile where its tensors are not those of its settings
 */
export function encoderOnImages(
  { config, step, tensors, warmStart }: Pick<Checkpoint, 'config' | 'step' | 'tensors' | 'warmStart'>,
  images: TrainingImages,
): Promise<EncoderWeights> {
  const own = [...tensors].flatMap(([name, value]) =>
    name.startsWith(PREFIX) && IS_ENCODER.test(name.slice(PREFIX.length))
      ? [[name.slice(PREFIX.length), value] as const]
      : [],
  );
  return measuredOn(images, config, step, { tensors: new Map(own), normalisation: warmStart ?? null });
}

/** The network of these settings before its first step, as a run on these images measures with it. */
export function untrainedEncoder(config: RunConfig, images: TrainingImages): Promise<EncoderWeights> {
  return measuredOn(images, { ...config, ...NOTHING_FROZEN }, 0, null);
}

async function measuredOn(
  images: TrainingImages,
  config: RunConfig,
  step: number,
  trained: { readonly tensors: ReadonlyMap<string, Values>; readonly normalisation: Normalisation | null } | null,
): Promise<EncoderWeights> {
  const source = new ImageSource(images, config, trained?.normalisation ?? null);
  await source.prepare();
  const method = createMethod(config, { count: indicesOf(images, TRAIN).length });
  const monitors = new RunMonitors(method, source, config, () => false, null, CHUNK);
  try {
    const own = method.parameters.entries().filter(([name]) => IS_ENCODER.test(name));
    if (trained !== null) {
      for (const [name, { shape }] of own) expectShape(name, shape, trained.tensors.get(name));
      tf.tidy(() => {
        method.parameters.restore(
          new Map(
            own.map(([name, { shape }]) => [
              name,
              tf.tensor(trained.tensors.get(name)?.values ?? [], shape, 'float32'),
            ]),
          ),
        );
      });
    }
    const statistics = await monitors.statistics(step);
    const tensors = await Promise.all(
      own.map(async ([name, variable]): Promise<[string, Values]> => {
        const values = statistics.get(name) ?? (await variable.data<'float32'>());
        return [name, { shape: [...variable.shape], values: Float32Array.from(values) }];
      }),
    );
    return { config, step, normalisation: source.normalisation, tensors: new Map(tensors) };
  } finally {
    monitors.dispose();
    method.dispose();
  }
}

function expectShape(name: string, shape: readonly number[], stored: Values | undefined): void {
  if (stored?.shape.join() === shape.join()) return;
  const found = stored === undefined ? 'is missing' : `has the shape [${stored.shape.join(', ')}]`;
  throw new UnusableFile(`is damaged: the tensor “${PREFIX}${name}” ${found}, expected [${shape.join(', ')}]`);
}
