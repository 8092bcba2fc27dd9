import { createContext, use, useEffect, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Place } from '../domain/places';
import type { ArchiveState } from '../session/archive/archiveStore';
import type { DatasetStoreState } from '../session/data/datasetStore';
import type { KeptImagesState } from '../session/data/keptImagesStore';
import type { EngineStoreState } from '../session/engine/engineStore';
import type { ExperimentState } from '../session/experiments/experimentStore';
import type { ExploringState } from '../session/exploring/exploringStore';
import type { FrameState } from '../session/frames/frames';
import type { KeepingState } from '../session/keeping/keptRuns';
import type { Lab } from '../session/lab';
import type { LessonState } from '../session/lessons/lessonStore';
import type { WriterState } from '../session/lessons/lessonWriter';
import type { Notice } from '../session/noticeStore';
import type { OpeningState } from '../session/opening/openingStore';
import type { RunStoreState } from '../session/run/runStore';
import type { SuitingState } from '../session/suiting/suiting';
import type { TakingState } from '../session/taking/taking';

export const LabContext = createContext<Lab | null>(null);

/** The lab of the nearest provider. */
export function useLab(): Lab {
  const lab = use(LabContext);
  if (lab === null) throw new Error('There is no LabContext around this component.');
  return lab;
}

export function useRun<T>(select: (state: RunStoreState) => T): T {
  return useStore(useLab().runStore, select);
}

export function useDataset<T>(select: (state: DatasetStoreState) => T): T {
  return useStore(useLab().datasetStore, select);
}

export function useKeptImages<T>(select: (state: KeptImagesState) => T): T {
  return useStore(useLab().keptImages.store, select);
}

export function useEngine<T>(select: (state: EngineStoreState) => T): T {
  return useStore(useLab().engineStore, select);
}

export function useArchive<T>(select: (state: ArchiveState) => T): T {
  return useStore(useLab().archive.store, select);
}

export function useOpening<T>(select: (state: OpeningState) => T): T {
  return useStore(useLab().opening.store, select);
}

export function useKeptRuns<T>(select: (state: KeepingState) => T): T {
  return useStore(useLab().keptRuns.store, select);
}

export function useFrames<T>(select: (state: FrameState) => T): T {
  return useStore(useLab().frames.store, select);
}

export function useExperiment<T>(select: (state: ExperimentState) => T): T {
  return useStore(useLab().experiments.store, select);
}

export function useExploring<T>(select: (state: ExploringState) => T): T {
  return useStore(useLab().exploring.store, select);
}

export function useLesson<T>(select: (state: LessonState) => T): T {
  return useStore(useLab().lessons.player.store, select);
}

export function useLessonWriter<T>(select: (state: WriterState) => T): T {
  return useStore(useLab().lessons.writer.store, select);
}

export function useSuiting<T>(select: (state: SuitingState) => T): T {
  return useStore(useLab().suiting.store, select);
}

export function useTaking<T>(select: (state: TakingState) => T): T {
  return useStore(useLab().taking.store, select);
}

export function usePlace(): Place {
  return useStore(useLab().placeStore, (state) => state.place);
}

export function useNotices(): readonly Notice[] {
  return useStore(useLab().noticeStore, (state) => state.notices);
}

/** The picture of an image of the data set, or null until it is loaded. */
export function useThumbnail(index: number): ImageData | null {
  const { thumbnails } = useLab();
  const image = useSyncExternalStore(thumbnails.subscribe, () => thumbnails.get(index));
  const generation = useSyncExternalStore(thumbnails.subscribe, () => thumbnails.generation);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another data set may have the image that the last one did not
  useEffect(() => {
    if (image === null) thumbnails.want(index);
  }, [thumbnails, generation, index, image]);
  return image;
}
