import { Button, Checkbox, Loader } from '@mantine/core';
import { useState } from 'react';
import { BENCH_SECTIONS, type BenchSection } from '../../domain/benchmark';
import type { BenchSession, BenchState } from '../../session/bench/benchSession';
import classes from './BenchPage.module.css';

const TITLES: Record<BenchSection, string> = {
  memory: 'Device memory',
  steps: 'Training steps',
  kernels: 'Kernels',
  engines: 'GPU and processor',
  cpu: 'Processor',
  methods: 'Methods',
  scaling: 'Scaling (full run only)',
  start: 'Start to first step',
};

interface BenchControlsProps extends Pick<BenchState, 'state' | 'progress'> {
  readonly session: BenchSession;
}

/** What to measure, the buttons, and the progress. */
export function BenchControls({ session, state, progress }: BenchControlsProps) {
  const [chosen, setChosen] = useState<readonly string[]>(BENCH_SECTIONS);
  const sections = BENCH_SECTIONS.filter((section) => chosen.includes(section));
  const running = state === 'running';
  const disabled = running || sections.length === 0;
  return (
    <>
      <Checkbox.Group label="Parts" value={[...chosen]} onChange={setChosen} readOnly={running}>
        <div className={classes.sections}>
          {BENCH_SECTIONS.map((section) => (
            <Checkbox key={section} value={section} label={TITLES[section]} disabled={running} size="sm" />
          ))}
        </div>
      </Checkbox.Group>
      <div className={classes.buttons}>
        <Button disabled={disabled} onClick={() => void session.run({ quick: true, sections })}>
          Quick run
        </Button>
        <Button variant="default" disabled={disabled} onClick={() => void session.run({ quick: false, sections })}>
          Full run
        </Button>
        <Button variant="default" disabled={!running} onClick={() => session.stop()}>
          Stop
        </Button>
        <output className={classes.progress} data-testid="bench-state" data-state={state}>
          {running && <Loader size={14} aria-hidden />}
          {running
            ? progress
            : state === 'done'
              ? 'Done.'
              : 'A quick run takes a minute or two on a GPU, a full run several minutes.'}
        </output>
      </div>
    </>
  );
}
