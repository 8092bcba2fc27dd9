import { standardError } from '../../src/domain/accuracy';
import type { EngineInfo } from '../../src/domain/engineInfo';
import type { Baselines, Diagnosis, Marker, Measurement, Resources } from '../../src/domain/measurement';
import { SERIES_NAMES, type SeriesName } from '../../src/domain/measurement';
import type { ProbeEvaluation } from '../../src/domain/probeEvaluation';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import { endOfRun } from '../../src/domain/runLength';
import type { RunSignal } from '../../src/domain/signal';
import type { StepOutcome } from '../../src/engine/run/trainer';

/** A series as the JSON holds it: `value[i]` was measured at `step[i]`. */
interface Series {
  readonly step: number[];
  readonly value: number[];
}

/** A share of images in [0, 1], and its binomial standard error. */
interface Accuracy {
  readonly accuracy: number;
  readonly standardError: number;
}

/** How a run ended; `stopped`: it has steps left. */
export type RunOutcome = Exclude<StepOutcome, 'continue'> | 'stopped';

/** The JSON of `--json`. In `series`, `step` holds the steps of `loss` and of every other list without its own steps. */
export interface RunResult {
  readonly config: RunConfig;
  readonly adapter: string;
  readonly engine: string;
  readonly outcome: RunOutcome;
  readonly steps: number;
  readonly series: {
    readonly step: number[];
    readonly loss: number[];
    readonly outputStd: number[];
    readonly collapseLevel: number[];
    readonly learningRate: number[];
    /** Series measured less often, each with its own steps. */
    readonly effectiveRank: Series;
    readonly backboneRank: Series;
    readonly knn: Series;
    readonly onlineProbe: Series;
    readonly viewRetrieval: Series;
  };
  readonly baselines: Baselines | null;
  readonly markers: readonly Marker[];
  readonly diagnosis: Diagnosis;
  readonly resources: Resources | null;
  /** The linear evaluation of the last weights; null without labels, and for a run that diverged or has steps left. */
  readonly evaluation: ProbeEvaluation | null;
  readonly final: {
    readonly loss: number | null;
    readonly outputStd: number | null;
    readonly collapseLevel: number | null;
    readonly effectiveRank: number | null;
    readonly backboneRank: number | null;
    readonly viewRetrieval: number | null;
    readonly viewRetrievalError: number | null;
    readonly knn: {
      readonly accuracy: number;
      readonly standardError: number;
      readonly k: number;
      readonly temperature: number;
    } | null;
    readonly onlineProbe: Accuracy | null;
    /** Of the evaluation. */
    readonly probe: Accuracy | null;
    readonly imagesPerSecond: number | null;
  };
}

/**
 * Collects a trainer's signals into a `RunResult`.
 * @param from steps that were done before, by the run of a checkpoint
 */
export function runRecord(config: RunConfig, engine: EngineInfo, from = 0) {
  const series = Object.fromEntries(SERIES_NAMES.map((name) => [name, { step: [], value: [] }])) as unknown as Record<
    SeriesName,
    Series
  >;
  const markers: Marker[] = [];
  let baselines: Baselines | null = null;
  let diagnosis: Diagnosis = { state: 'starting' };
  let resources: Resources | null = null;
  const started = performance.now();
  const last = (name: SeriesName): number | null => series[name].value.at(-1) ?? null;

  const measured = (measurement: Measurement) => {
    for (const name of SERIES_NAMES) {
      const value = measurement[name];
      if (value === undefined) continue;
      series[name].step.push(measurement.step);
      series[name].value.push(value);
    }
  };

  return {
    /** Adds a signal; kinds that the record does not hold are ignored. */
    take({ kind, value }: RunSignal): void {
      if (kind === 'measurements') for (const measurement of value) measured(measurement);
      else if (kind === 'marker') markers.push(value);
      else if (kind === 'baselines') baselines = value;
      else if (kind === 'diagnosis') diagnosis = value;
      else if (kind === 'resources') resources = value;
    },
    progressLine(): string {
      const part = (label: string, value: number | null, digits: number) =>
        value === null ? '' : `  ${label} ${value.toFixed(digits)}`;
      const step = series.loss.step.at(-1) ?? 0;
      const changes = markers.flatMap((marker): LiveChange[] =>
        marker.kind === 'change' ? [[marker.step, marker.key, marker.value]] : [],
      );
      return [
        `step ${step}/${endOfRun(config, changes)}`,
        part('loss', last('loss'), 4),
        part('std·√d', last('outputStd') === null ? null : (last('outputStd') ?? 0) * Math.sqrt(config.outputDim), 3),
        part('rank', last('effectiveRank'), 1),
        part('kNN', last('knn'), 3),
        part('probe', last('onlineProbe'), 3),
        part('retrieval', last('viewRetrieval'), 3),
        `  ${((performance.now() - started) / 1000).toFixed(0)} s`,
      ].join('');
    },
    result(outcome: RunOutcome): RunResult {
      const accuracy = last('knn');
      const online = last('onlineProbe');
      const retrieval = last('viewRetrieval');
      const withError = (share: number): Accuracy => ({
        accuracy: share,
        standardError: standardError(share, baselines?.knn?.queries ?? 0),
      });
      const step = series.loss.step;
      const busySeconds = (performance.now() - started) / 1000;
      const { step: ratedSteps, value: rates } = series.imagesPerSecond;
      const measuredRate = rates.findLast((_, i) => (ratedSteps[i] ?? 0) > from);
      return {
        config,
        adapter: engine.description,
        engine: engine.engine,
        outcome,
        steps: step.at(-1) ?? 0,
        series: {
          step,
          loss: series.loss.value,
          outputStd: series.outputStd.value,
          collapseLevel: series.collapseLevel.value,
          learningRate: series.learningRate.value,
          effectiveRank: series.effectiveRank,
          backboneRank: series.backboneRank,
          knn: series.knn,
          onlineProbe: series.onlineProbe,
          viewRetrieval: series.viewRetrieval,
        },
        baselines,
        markers,
        diagnosis,
        resources,
        evaluation: null,
        final: {
          loss: last('loss'),
          outputStd: last('outputStd'),
          collapseLevel: last('collapseLevel'),
          effectiveRank: last('effectiveRank'),
          backboneRank: last('backboneRank'),
          viewRetrieval: retrieval,
          viewRetrievalError:
            retrieval === null ? null : standardError(retrieval, baselines?.viewRetrieval?.images ?? 0),
          knn:
            accuracy === null ? null : { ...withError(accuracy), k: config.knn.k, temperature: config.knn.temperature },
          onlineProbe: online === null ? null : withError(online),
          probe: null,
          imagesPerSecond: measuredRate ?? ((step.length - from) * config.batchSize) / busySeconds,
        },
      };
    },
  };
}
