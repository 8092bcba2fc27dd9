import { Button, Group, Text } from '@mantine/core';
import { flattenConfig } from '../../domain/configPath';
import { differingPaths, fieldOf, valueLabel } from '../../domain/fields';
import type { RunConfig } from '../../domain/runConfig';
import { hasMoved, isLiveKey } from '../../session/run/runStore';
import { useLab, useRun } from '../lab';
import classes from './Status.module.css';

/** Changes listed in full; the rest are counted. */
const SPELLED_OUT = 3;

/** “Batch size 64 → 128, Output d 256 → 512 and 4 more” */
function changesInWords(now: RunConfig, next: RunConfig): string {
  const paths = differingPaths(now, next);
  const [before, after] = [flattenConfig(now), flattenConfig(next)];
  const words = paths.slice(0, SPELLED_OUT).map((path) => {
    const field = fieldOf(path);
    return `${field.label} ${valueLabel(field, before.get(path))} → ${valueLabel(field, after.get(path))}`;
  });
  const more = paths.length - words.length;
  return more > 0 ? `${words.join(', ')} and ${more} more` : words.join(', ');
}

/** Edited settings that need a new run. The current run is kept until the person starts a new one. */
export function NewRunNote() {
  const lab = useLab();
  const run = useRun((state) => (hasMoved(state) ? state.active : null));
  const config = useRun((state) => state.config);
  if (run === null || differingPaths(run.config, config).every(isLiveKey)) return null;
  return (
    <section className={classes.floating} aria-label="Settings for a new run">
      <Text size="sm" role="status">
        {changesInWords(run.config, config)}: this takes effect with a new run. The current run continues unchanged.
      </Text>
      <Group gap={8}>
        <Button size="compact-sm" onClick={() => lab.reset()}>
          Start a new run
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => lab.discardEdits()}>
          Discard these changes
        </Button>
      </Group>
    </section>
  );
}
