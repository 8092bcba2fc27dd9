import type { DatasetIdentity } from '../../domain/keptRun';
import { SERIES_NAMES, type SeriesName } from '../../domain/measurement';
import type { RunState } from '../../domain/signal';
import { CURRENT_VERSION } from '../../domain/versions/registry';
import type { Curves, KeptState, RunRecord } from '../../storage/runRecord';
import type { DatasetStoreState } from '../data/datasetStore';
import { identityOf } from '../data/identity';
import type { EngineStoreState } from '../engine/engineStore';
import type { RunStoreState } from '../run/runStore';
import { SeriesSet } from '../run/series';
import type { LiveRun } from './archiveStore';

/** Number of points stored per curve. A longer curve is reduced to the lowest and highest point of each interval. */
const MAX_POINTS = 4096;

/** The data set and the engine of a run, taken at its start: the page may have others by the time the run is written. */
export interface RunOrigin {
  readonly dataset: DatasetIdentity;
  readonly engine: RunRecord['engine'];
}

export function originOf(
  data: Pick<DatasetStoreState, 'info' | 'plan'>,
  { adapter }: Pick<EngineStoreState, 'adapter'>,
): RunOrigin {
  return {
    dataset: identityOf(data),
    engine: adapter === null ? null : { name: adapter.engine, adapter: adapter.description },
  };
}

function keptState(state: RunState | null): KeptState {
  return state === 'finished' || state === 'diverged' || state === 'failed' ? state : 'stopped';
}

/** The run on the page as a record; null when there is none. */
export function recordOf(
  { id, name, created, parent }: LiveRun,
  origin: RunOrigin,
  { active, changes, step, runState, markers, diagnosis, baselines, latest, evaluation }: RunStoreState,
): RunRecord | null {
  if (active === null) return null;
  return {
    version: CURRENT_VERSION,
    id,
    name,
    created,
    config: active.config,
    // Changes of a link at steps that the run did not reach are not part of it.
    changes: changes.filter(([at]) => at <= step),
    ...origin,
    ...(active.warmStart && { warmStart: active.warmStart }),
    parent,
    steps: step,
    state: keptState(runState),
    markers,
    diagnosis,
    baselines,
    final: latest,
    evaluation,
  };
}

/** The curves to store. */
export function curvesOf(series: SeriesSet): Curves {
  const curves: { -readonly [Name in SeriesName]?: Curves[Name] } = {};
  for (const name of SERIES_NAMES) {
    const points = series.get(name).decimated(MAX_POINTS);
    if (points.length === 0) continue;
    curves[name] = {
      steps: Float64Array.from(points, (point) => point.step),
      values: Float64Array.from(points, (point) => point.value),
    };
  }
  return curves;
}

/** Stored curves as series to draw. */
export function seriesOf(curves: Curves): SeriesSet {
  const series = new SeriesSet();
  for (const name of SERIES_NAMES) {
    const curve = curves[name];
    curve?.steps.forEach((step, i) => {
      series.get(name).push(step, curve.values[i] ?? Number.NaN);
    });
  }
  return series;
}
