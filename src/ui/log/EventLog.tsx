import { Anchor, Text } from '@mantine/core';
import { useEngine, useRun } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import classes from './EventLog.module.css';

/** The events of the run, the latest first, and its memory and measuring time. */
export function EventLog() {
  const log = useRun((run) => run.log);
  return (
    <Section title="Events">
      {log.length === 0 ? (
        <Text size="sm" c="dimmed">
          No events yet.
        </Text>
      ) : (
        <ol className={classes.log}>
          {log.map(({ id, step, text, warning }) => (
            <li key={id} className={warning ? classes.warning : undefined}>
              <span className={classes.step}>{step === null ? '' : `step ${grouped(step)}`}</span>
              {text}
            </li>
          ))}
        </ol>
      )}
      <Cost />
    </Section>
  );
}

function Cost() {
  const resources = useRun((run) => run.resources);
  const onProcessor = useEngine(({ adapter }) => adapter?.engine === 'wasm');
  if (resources === null) return null;
  const { gpuBytes, measuringShare } = resources;
  return (
    <Text size="xs" c="dimmed" mt={8}>
      {onProcessor ? 'Memory' : 'GPU memory'} {Math.round(gpuBytes / 1e6)} MB · {(100 * measuringShare).toFixed(1)} % of
      the time spent measuring ·{' '}
      <Anchor href="bench.html" underline="always">
        Measure this machine’s speed
      </Anchor>
    </Text>
  );
}
