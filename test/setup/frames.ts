import { toHalves } from '../../src/domain/halfPrecision';
import {
  COSINE_BINS,
  type FrameImages,
  type FrameTrack,
  type OutputCloud,
  type OutputFrame,
} from '../../src/domain/outputFrame';

export function frameImages(count: number): FrameImages {
  return {
    indices: Uint32Array.from({ length: count }, (_, i) => 3 * i + 1),
    labels: Int16Array.from({ length: count }, (_, i) => (i % 11) - 1),
    dimensions: { z: 64, p: 64, features: 24 },
  };
}

/** A cloud of made-up numbers that half precision holds exactly. */
function cloud(images: number, step: number, values: number): OutputCloud {
  return {
    points: toHalves(Array.from({ length: images * 3 }, (_, i) => ((i * 7 + step) % 64) / 64)),
    share: 0.75,
    cosines: Float32Array.from({ length: COSINE_BINS }, (_, bin) => (bin === step % COSINE_BINS ? 1 : 0)),
    meanCosine: 0.5,
    singularValues: Float32Array.from({ length: values }, (_, i) => 1 / 2 ** (i % 10)),
    effectiveRank: 12.25,
  };
}

export function outputFrame(images: number, step: number, values = 64): OutputFrame {
  return {
    step,
    z: cloud(images, step, values),
    p: cloud(images, step + 1, values),
    features: cloud(images, step + 2, Math.min(24, values)),
  };
}

export function frameTrack(images: number, steps: readonly number[]): FrameTrack {
  return { images: frameImages(images), frames: steps.map((step) => outputFrame(images, step)) };
}
