import type { RunConfig } from '../../../domain/runConfig';
import { channelStatistics } from '../../images/channelStatistics';
import type { Normalisation } from '../../kernels/augment/normalisation';
import type { Values } from '../../network/export/torchLayout';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { Trainer } from '../trainer';

/** A trained encoder apart from its run: what gives the features of an image. */
export interface EncoderWeights {
  /** Of its run: the network, the size of its images and how pictures are scaled to it. */
  readonly config: RunConfig;
  /** Finished updates. */
  readonly step: number;
  /** What images are normalised with. */
  readonly normalisation: Normalisation;
  /** By the names of our parameters `encoder.*`, and `projector.*` where it is known; BN's moving statistics are those that it measures with. */
  readonly tensors: ReadonlyMap<string, Values>;
}

const PARAMETER = /^parameters\/((?:encoder|projector)\..*)$/;

/**
 * The encoder of a run. BN's moving statistics, which training keeps, are replaced by those that the run's images are measured with, so that
 * the encoder gives the features that the run shows.
 * @param checkpoint of the run's present step
 * @param trainer the run, prepared; it must not train meanwhile
 */
export async function encoderWeights({ config, step, tensors }: Checkpoint, trainer: Trainer): Promise<EncoderWeights> {
  const statistics = await trainer.statistics();
  const own = [...tensors].flatMap(([stored, { shape, values }]) => {
    const name = PARAMETER.exec(stored)?.[1];
    if (name === undefined) return [];
    return [[name, { shape, values: Float32Array.from(statistics.get(name) ?? values) }] as const];
  });
  return { config, step, normalisation: channelStatistics(trainer.dataset), tensors: new Map(own) };
}
