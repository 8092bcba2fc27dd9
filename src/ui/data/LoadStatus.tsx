import { Button, Progress, Text } from '@mantine/core';
import { counted } from '../../domain/counted';
import { formatBytes } from '../../formats/bytes';
import type { LoadProgress } from '../../session/data/datasetStore';
import { useDataset, useLab } from '../lab';
import { duration, grouped } from '../numbers';
import classes from './DataPanel.module.css';
import { SkippedFiles } from './SkippedFiles';

/** The progress of a load in words. */
export function progressWords({ done, total, unit, rate, remaining }: LoadProgress): string {
  if (unit === 'bytes') return total === null ? 'requesting …' : `${formatBytes(done)} of ${formatBytes(total)}`;
  if (total === null) return done === 0 ? 'looking for files …' : `${counted(done, 'file')} found …`;
  const parts = [`${grouped(done)} of ${grouped(total)}`];
  if (rate !== null) parts.push(`${grouped(Math.round(rate))}/s`);
  if (remaining !== null) parts.push(`${duration(remaining)} left`);
  return parts.join(' · ');
}

/** The load in progress with its Cancel button, or why the last load failed. */
export function LoadStatus() {
  const lab = useLab();
  const loading = useDataset((data) => data.loading);
  const problem = useDataset((data) => data.problem);
  const files = useDataset((data) => data.problemFiles);
  const fitting = useDataset((data) => data.fittingBatch);
  if (loading === null) {
    return problem === null ? null : (
      <div className={classes.problem} role="alert">
        {problem}
        <SkippedFiles key={problem} files={files} />
        {fitting !== null && (
          <Button mt={8} size="compact-sm" variant="default" onClick={() => void lab.fitBatchSize()}>
            Use a batch size of {fitting}
          </Button>
        )}
      </div>
    );
  }
  const share = loading.total === null || loading.total === 0 ? null : (100 * loading.done) / loading.total;
  return (
    <div className={classes.load}>
      <div className={classes.row}>
        <Text size="sm" fw={600} miw={0} truncate>
          Loading {loading.name}
        </Text>
        <Button flex="none" size="compact-xs" variant="default" onClick={() => lab.cancelLoading()}>
          Cancel
        </Button>
      </div>
      <Progress mt={6} size="sm" value={share ?? 100} animated={share === null} aria-label="Images loaded" />
      <Text size="xs" c="dimmed" mt={4}>
        {progressWords(loading)}
      </Text>
    </div>
  );
}
