import type { DatasetStoreState } from '../data/datasetStore';
import type { EngineStoreState } from '../engine/engineStore';
import type { RunStoreState } from '../run/runStore';
import type { WantedFile } from './wantedFile';

/** What decides whether a file can be made. */
export interface TakingFacts {
  readonly engine: Pick<EngineStoreState, 'state'>;
  readonly data: Pick<DatasetStoreState, 'info'>;
  readonly run: Pick<RunStoreState, 'active' | 'runState'>;
  /** Whether it has taken a step. */
  readonly hasBegun: boolean;
  /** Whether there is a curve to draw, of the run on the page or of one laid over it. */
  readonly hasCurves: boolean;
}

/** Why a file cannot be made at present, as a sentence for the person; null where it can. */
export function whyNot(wanted: WantedFile, { engine, data, run, hasBegun, hasCurves }: TakingFacts): string | null {
  if (wanted.kind === 'figure') return hasCurves ? null : 'There is no curve yet: press Train.';
  if (engine.state === 'starting') return 'The engine is starting.';
  if (engine.state !== 'ready') return 'The engine does not run. Press Reset to start it again.';
  if (data.info === null) return 'No images are loaded yet.';
  if (wanted.kind === 'embeddings' && wanted.by === 'opened') return null;
  const { active, runState } = run;
  if (active === null || runState === null) return 'There is no run yet.';
  if (runState === 'building') return 'The run is being built.';
  if (runState === 'failed') return 'The run has failed. Press Reset to build a new one.';
  if (runState === 'diverged') {
    return 'The run has diverged: its weights are no numbers any more. Go on from an earlier step, under Compare, or press Reset.';
  }
  if (wanted.kind === 'project' && !hasBegun) return 'Nothing is trained yet: until then the link holds the whole run.';
  return null;
}
