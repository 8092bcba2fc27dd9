import { BACKBONE_TITLES, BACKBONES } from '../domain/backbones/registry';
import type { EncoderFacts } from '../domain/takeAlong';
import type { EncoderWeights } from '../engine/run/export/encoderWeights';

/** What the page shows of an encoder. */
export function factsOf({ config }: EncoderWeights): EncoderFacts {
  const { backbone, stem, stemStride, imageSize, sourceSize } = config;
  return {
    backbone: BACKBONE_TITLES[backbone],
    featureDim: BACKBONES[backbone].featureDim,
    imageSize,
    network: { backbone, stem, stemStride, imageSize, sourceSize },
  };
}
