import { flattenConfig } from '../../domain/configPath';
import type { LessonAction, LessonReading } from '../../domain/lessons/conditions';
import type { DatasetStore } from '../data/datasetStore';
import type { Frames } from '../frames/frames';
import type { PlaceStore } from '../link/placeStore';
import { liveSettings, type RunStore } from '../run/runStore';

/** The stores that lessons wait on. */
export interface PageStores {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
  readonly placeStore: PlaceStore;
  readonly frames: Pick<Frames, 'store'>;
}

/** The page as a lesson reads it. `since`: the run's step from which the steps taken here are counted. */
export function readPage({ runStore, datasetStore, placeStore, frames }: PageStores, since: number): LessonReading {
  const run = runStore.getState();
  const { active, runState, step, latest } = run;
  const { place } = placeStore.getState();
  const shown = frames.store.getState();
  const did: Record<LessonAction, boolean> = {
    trained: runState === 'training' || runState === 'finished',
    paused: runState === 'paused' && step > 0,
    startedOver: active !== null && step === 0 && runState === 'paused',
    replayed: shown.step !== null,
    comparedFigure2: shown.compared !== null,
    shownZ: shown.reading === 'z',
    shownP: shown.reading === 'p',
    shownFeatures: shown.reading === 'features',
    ownImages: datasetStore.getState().info?.source.kind === 'folder',
    openedTrain: place === 'train',
    openedExplore: place === 'explore',
    openedCompare: place === 'compare',
  };
  const settings = active === null ? new Map() : flattenConfig({ ...active.config, ...liveSettings(run) });
  const root = Math.sqrt((active?.config ?? run.config).outputDim);
  return { did, settings, values: { ...latest, step, stepsHere: step - since }, root };
}

/** Calls `changed` whenever something of it may have changed. */
export function watchPage({ runStore, datasetStore, placeStore, frames }: PageStores, changed: () => void): () => void {
  const ends = [
    runStore.subscribe(changed),
    datasetStore.subscribe(changed),
    placeStore.subscribe(changed),
    frames.store.subscribe(changed),
  ];
  return () => {
    for (const end of ends) end();
  };
}
