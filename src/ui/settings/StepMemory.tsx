import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useEngine, useLab, useRun } from '../lab';

/** Less memory than this a step has on any machine that trains; it is not told. */
const TOLD_FROM = 1e9;
const WAIT_MS = 300;

/** About how much memory a step with the present settings needs, where it is much. */
export function StepMemory() {
  const lab = useLab();
  const [config] = useDebouncedValue(
    useRun((run) => run.config),
    WAIT_MS,
  );
  const isReady = useEngine((engine) => engine.state === 'ready');
  const [bytes, setBytes] = useState<number | null>(null);
  useEffect(() => {
    if (!isReady) return;
    let isLast = true;
    void lab.stepMemory(config).then((found) => {
      if (isLast) setBytes(found);
    });
    return () => {
      isLast = false;
    };
  }, [lab, config, isReady]);
  if (bytes === null || bytes < TOLD_FROM) return null;
  return (
    <Text size="xs" role="status" data-testid="step-memory" mt={4}>
      A step needs about {(bytes / 1e9).toFixed(1)} GB of memory. Smaller batches, gradient accumulation and smaller
      images need less.
    </Text>
  );
}
