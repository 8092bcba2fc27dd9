import { Text } from '@mantine/core';
import { useEngine, useRun } from '../lab';
import classes from './Status.module.css';

/** Says so where the engine is not the fast one: a processor that stands in for a GPU, or WebGL. */
export function AdapterNote() {
  const adapter = useEngine((engine) => engine.adapter);
  const preset = useRun((run) => run.config.preset);
  if (adapter === null) return null;
  const { engine, fallbackReason, isSoftware } = adapter;
  const lines: string[] = [];
  if (fallbackReason !== null) {
    lines.push(`${engine === 'webgl' ? 'Training runs on WebGL, which is slower. ' : ''}${sentence(fallbackReason)}`);
  }
  if (isSoftware) {
    lines.push(
      preset === 'tiny'
        ? 'There is no GPU here: the processor stands in for one, some hundred times slower. The preset “tiny” was chosen for that: a network small enough to watch.'
        : 'There is no GPU here: the processor stands in for one, some hundred times slower. The preset “tiny” is made for that.',
    );
  }
  if (lines.length === 0) return null;
  return (
    <Text size="sm" className={classes.note}>
      {lines.join(' ')}
    </Text>
  );
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
