import type { BottomLine } from '../domain/bottomLine';
import type { TrainingImages } from '../engine/images/pictureCache';
import { deviceProducts } from '../engine/monitors/deviceProducts';
import type { EncoderWeights } from '../engine/run/export/encoderWeights';
import { measuringCost } from '../engine/run/export/measuredImages';
import { measureEncoder } from '../engine/run/export/measureEncoder';
import { bottomLineOf } from '../explore/bottomLineOf';
import type { WorkPace } from './workPace';

/** Pictures that linear probes count as, for each labelled training image. */
const PROBES = 3;

/**
 * Whether an encoder is better for these images than the untrained network and than raw pixels, and than the weights that its run began with.
 * @param given those weights; null where they are not at hand, or there are none
 * @throws StoppedError where the pace stops it; RangeError without training images
 */
export async function measureImages(
  weights: EncoderWeights,
  given: EncoderWeights | null,
  images: TrainingImages,
  pace: WorkPace,
): Promise<BottomLine> {
  const probed = PROBES * measuringCost(images).probed;
  pace.expect(probed);
  const measured = await measureEncoder(weights, images, pace, given);
  let counted = 0;
  return bottomLineOf(measured, {
    productsOf: deviceProducts,
    between: () => pace.between(),
    onProgress: (share) => {
      const done = Math.max(counted, Math.round(share * probed));
      pace.done(done - counted);
      counted = done;
    },
  });
}
