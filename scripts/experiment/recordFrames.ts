import { fromHalves } from '../../src/domain/halfPrecision';
import type { FrameImages, OutputCloud, OutputFrame } from '../../src/domain/outputFrame';
import type { RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';

interface CloudJson {
  /** x, y and z of one image after the other. */
  readonly points: readonly number[];
  readonly share: number;
  readonly cosines: readonly number[];
  readonly meanCosine: number;
  readonly singularValues: readonly number[];
  readonly effectiveRank: number;
}

/** The JSON of `--frames`: an `OutputFrame` at every probe, with numbers rounded to three or four decimals. */
export interface FramesJson {
  readonly config: RunConfig;
  readonly images: {
    readonly indices: readonly number[];
    readonly labels: readonly number[];
    readonly dimensions: FrameImages['dimensions'];
  } | null;
  readonly frames: readonly {
    readonly step: number;
    readonly z: CloudJson;
    readonly p: CloudJson | null;
    readonly features: CloudJson;
  }[];
}

const rounded = (values: Iterable<number>, decimals: number) =>
  Array.from(values, (value) => Math.round(value * 10 ** decimals) / 10 ** decimals);

function cloudJson(cloud: OutputCloud): CloudJson {
  const [share, meanCosine, effectiveRank] = rounded([cloud.share, cloud.meanCosine, cloud.effectiveRank], 4);
  return {
    points: rounded(fromHalves(cloud.points), 3),
    share,
    cosines: rounded(cloud.cosines, 4),
    meanCosine,
    singularValues: rounded(cloud.singularValues, 4),
    effectiveRank,
  };
}

/** Collects the frames of a run. */
export function recordFrames() {
  let images: FrameImages | null = null;
  const frames: OutputFrame[] = [];
  return {
    take({ kind, value }: RunSignal): void {
      if (kind === 'frameImages') images = value;
      else if (kind === 'frame') frames.push(value);
    },
    json(config: RunConfig): FramesJson {
      return {
        config,
        images:
          images === null
            ? null
            : { indices: [...images.indices], labels: [...images.labels], dimensions: images.dimensions },
        frames: frames.map(({ step, z, p, features }) => ({
          step,
          z: cloudJson(z),
          p: p === null ? null : cloudJson(p),
          features: cloudJson(features),
        })),
      };
    },
  };
}
