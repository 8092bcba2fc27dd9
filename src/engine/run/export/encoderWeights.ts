import type { RunConfig } from '../../../domain/runConfig';
import { UnusableFile } from '../../../formats/unusableFile';
import type { Normalisation } from '../../kernels/augment/normalisation';
import type { Values } from '../../network/export/torchLayout';
import { networkLayersOf } from '../../network/networkLayers';
import { torchvisionNames } from '../../network/torchvisionNames';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { withMeasuredWith } from '../checkpoint/measuredWith';
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

const STATISTIC = /\.moving_(mean|variance)$/;

/**
 * The encoder of a run. BN's moving statistics, which training keeps, are replaced by those that the run's images are measured with, so that
 * the encoder gives the features that the run shows.
 * @param checkpoint of the run's present step
 * @param trainer the run, prepared; it must not train meanwhile
 */
export async function encoderWeights(checkpoint: Checkpoint, trainer: Trainer): Promise<EncoderWeights> {
  return encoderOf(checkpoint.measuredWith === null ? await withMeasuredWith(checkpoint, trainer) : checkpoint);
}

/**
 * The encoder of a checkpoint that holds what its images are measured with, so that they are not needed.
 * @throws UnusableFile where its tensors are not those of its settings; Error where it does not hold that
 */
export function encoderOf({ config, step, tensors, measuredWith }: Checkpoint): EncoderWeights {
  if (measuredWith === null) throw new Error('the checkpoint does not say what its images are measured with');
  const { backbone, projector } = networkLayersOf(config);
  const names = torchvisionNames([...backbone.layers, ...projector]);
  const own = names.map(({ ours, shape }): [string, Values] => {
    const stored = tensors.get(`parameters/${ours}`);
    if (stored?.shape.join() !== shape.join()) {
      const found = stored === undefined ? 'is missing' : `has the shape [${stored.shape.join(', ')}]`;
      throw new UnusableFile(`is damaged: the tensor “parameters/${ours}” ${found}, expected [${shape.join(', ')}]`);
    }
    const values = STATISTIC.test(ours) ? measuredWith.statistics.get(ours) : stored.values;
    if (values === undefined) throw new UnusableFile(`is damaged: the tensor “statistics/${ours}” is missing`);
    return [ours, { shape: stored.shape, values }];
  });
  return { config, step, normalisation: measuredWith.normalisation, tensors: new Map(own) };
}
