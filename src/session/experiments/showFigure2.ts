import { figure2 } from '../../domain/experiments/figure2';
import type { Frames } from '../frames/frames';
import type { ExperimentQueue } from './experimentQueue';

/** Steps of each run: with the small presets the outputs collapse well before. */
const STEPS = 150;

/**
 * Figure 2 of the paper: trains with and without stop-gradient, and shows the outputs of both side by side. The run on the page ends and is
 * kept. Resolves when both have ended.
 */
export async function showFigure2({
  experiments,
  frames,
}: {
  readonly experiments: ExperimentQueue;
  readonly frames: Frames;
}): Promise<void> {
  let beside: string | null = null;
  const unsubscribe = experiments.store.subscribe(({ runs: [first] }) => {
    const kept = first?.kept ?? null;
    if (kept === null || kept === beside) return;
    beside = kept;
    void frames.compare(kept);
  });
  frames.close();
  await frames.compare(null);
  await experiments.start(figure2, STEPS);
  unsubscribe();
}
