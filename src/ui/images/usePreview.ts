import { useEffect, useState } from 'react';
import { useEngine, useLab, useRun } from '../lab';
import { sliceImages } from './sliceImages';

export interface PreviewViews {
  readonly x1: readonly ImageData[];
  readonly x2: readonly ImageData[];
}

/**
 * Two views of each of some images with the edited settings, computed again when these or the `seed` change; null until computed.
 * `indices` must stay the same array until its values change.
 */
export function usePreview(indices: readonly number[], seed: number): PreviewViews | null {
  const lab = useLab();
  const ready = useEngine(({ state }) => state === 'ready');
  const augment = useRun((run) => run.config.augment);
  const imageSize = useRun((run) => run.config.imageSize);
  const sourceSize = useRun((run) => run.config.sourceSize);
  const [views, setViews] = useState<PreviewViews | null>(null);
  useEffect(() => {
    if (!ready || indices.length === 0) return;
    let current = true;
    lab.preview(augment, { imageSize, sourceSize }, seed, indices).then(
      ({ size, x1, x2 }) => {
        if (current) setViews({ x1: sliceImages(x1, size), x2: sliceImages(x2, size) });
      },
      // Without an engine there are no views; the status reports that.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [lab, ready, augment, imageSize, sourceSize, seed, indices]);
  return views;
}
