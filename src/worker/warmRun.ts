import type { EngineInfo } from '../domain/engineInfo';
import type { DatasetIdentity } from '../domain/keptRun';
import type { RunConfig } from '../domain/runConfig';
import type { TrainingImages } from '../engine/images/pictureCache';
import { writeCheckpoint } from '../engine/run/checkpoint/checkpointFile';
import { saveRun } from '../engine/run/checkpoint/saveRun';
import type { EncoderWeights } from '../engine/run/export/encoderWeights';
import type { KernelOptions } from '../engine/run/kernelChoice';
import { identityIn } from '../engine/run/project/readRun';
import { startingWith, withNetworkOf } from '../engine/run/startingWeights';
import { Trainer } from '../engine/run/trainer';

export interface WarmRunParts {
  readonly encoder: EncoderWeights;
  readonly file: { readonly name: string; readonly fingerprint: string };
  /** The settings of the run; its network becomes that of the encoder. */
  readonly config: RunConfig;
  readonly images: TrainingImages;
  readonly engine: EngineInfo;
  readonly kernels: KernelOptions;
}

/** A run at step 0. */
export interface WarmRun {
  readonly config: RunConfig;
  readonly dataset: DatasetIdentity;
  /** Its checkpoint. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/**
 * Makes a run that begins from the weights of an encoder, measured at step 0.
 * @throws RunError where the settings do not fit the weights or the images
 */
export async function warmRun({ encoder, file, config, images, engine, kernels }: WarmRunParts): Promise<WarmRun> {
  const own = withNetworkOf(config, encoder.config);
  const start = startingWith(encoder, file);
  const trainer = new Trainer(images, own, [], () => undefined, { ...kernels, start });
  try {
    await trainer.prepare();
    await trainer.start();
    const checkpoint = await saveRun(trainer, engine);
    return { config: own, dataset: identityIn(checkpoint), file: writeCheckpoint(checkpoint) };
  } finally {
    trainer.dispose();
  }
}
