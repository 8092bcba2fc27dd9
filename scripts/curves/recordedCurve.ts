import type { RunResult } from '../experiment/runRecord';

/** The curves of a run as `npm run curves` writes them: in whole numbers, so that hundreds of runs fit into a small file. */
export interface RecordedCurve {
  /** Name of the kind of run; all seeds of a kind share it. */
  readonly run: string;
  readonly seed: number;
  readonly engine: string;
  /** Its settings and changes in flight, as a link. */
  readonly link: string;
  /** Loss of each step from 1 in thousandths; null where it is not finite. */
  readonly loss: readonly (number | null)[];
  /** Output std of each step from 1, in thousandths of 1/sqrt(d); null where it is not finite. */
  readonly std: readonly (number | null)[];
  /** Effective rank of z in tenths: [step, rank] in the order of steps; step 0 is before the first update. */
  readonly rank: readonly (readonly [step: number, rank: number])[];
  /** kNN accuracies in ten-thousandths, with those of the untrained network and of raw pixels; null where not measured. */
  readonly knn: {
    readonly last: number;
    readonly untrained: number;
    readonly rawPixels: number;
    readonly queries: number;
  } | null;
}

const inParts = (parts: number) => (value: number) => (Number.isFinite(value) ? Math.round(value * parts) : null);
const tenThousandths = (share: number) => Math.round(share * 10_000);

/** @param link the run's settings and changes in flight */
export function recordedCurve(run: string, link: string, result: RunResult): RecordedCurve {
  const { config, engine, series, baselines, final } = result;
  const evenly = Math.sqrt(config.outputDim);
  const known = baselines?.knn ?? null;
  return {
    run,
    seed: config.seed,
    engine,
    link,
    loss: series.loss.map(inParts(1000)),
    std: series.outputStd.map((std) => inParts(1000)(std * evenly)),
    rank: series.effectiveRank.step.map((step, i) => [step, Math.round(10 * (series.effectiveRank.value[i] ?? 0))]),
    knn:
      known === null || final.knn === null
        ? null
        : {
            last: tenThousandths(final.knn.accuracy),
            untrained: tenThousandths(known.untrained),
            rawPixels: tenThousandths(known.rawPixels),
            queries: known.queries,
          },
  };
}
