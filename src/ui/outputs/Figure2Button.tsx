import { Button } from '@mantine/core';
import { showFigure2 } from '../../session/experiments/showFigure2';
import { useExperiment, useLab, useRun } from '../lab';

/** Trains with and without stop-gradient, and shows both side by side. */
export function Figure2Button() {
  const lab = useLab();
  const isRunning = useExperiment((state) => state.phase === 'running');
  const isReady = useRun((run) => run.active !== null);
  return (
    <Button
      size="compact-sm"
      variant="default"
      data-part="figure2"
      disabled={isRunning || !isReady}
      title="Trains with and without stop-gradient, as in the paper’s Figure 2, and shows both side by side. The current run ends and is kept."
      onClick={() => void showFigure2(lab)}
    >
      Figure 2
    </Button>
  );
}
