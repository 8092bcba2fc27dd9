import '@mantine/core/styles.css';
import '../theme.css';
import { Anchor, Badge, MantineProvider, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { BenchSession } from '../../session/bench/benchSession';
import { ColorSchemeButton } from '../layout/ColorSchemeButton';
import { ErrorBoundary } from '../layout/ErrorBoundary';
import { Panel } from '../layout/Panel';
import { colorSchemeManager, theme } from '../theme';
import { BenchControls } from './BenchControls';
import classes from './BenchPage.module.css';
import { BenchResults } from './BenchResults';
import { describeBrowser } from './describeBrowser';

function Bench() {
  const [session] = useState(() => new BenchSession(describeBrowser(navigator)));
  const { state, progress, result, problem } = useStore(session.store);
  return (
    <>
      <header className={classes.header}>
        <Title order={1} className={classes.title}>
          SimSiam Lab <span className={classes.dim}>benchmarks</span>
        </Title>
        {result !== null && (
          <Badge variant="default" className={classes.chip} data-testid="adapter">
            {result.report.adapter}
          </Badge>
        )}
        <div className={classes.tools}>
          <Anchor href="./" size="sm">
            Back to the lab
          </Anchor>
          <ColorSchemeButton />
        </div>
      </header>
      <main className={classes.page}>
        <Panel title="Measure this browser">
          <Text size="sm" className={classes.intro}>
            Measures the time of training steps and kernels on this machine: our kernels against those of tfjs, on the
            GPU and on the processor (WASM), and the two against each other. The measurements alternate, so that other
            load on the machine affects all of them; close other programs nevertheless. No data leaves this computer.
          </Text>
          <BenchControls session={session} state={state} progress={progress} />
          {problem !== null && (
            <p role="alert" className={classes.problem}>
              {problem} Run it again; if that does not help, run fewer parts.
            </p>
          )}
        </Panel>
        {result !== null && <BenchResults result={result} />}
      </main>
    </>
  );
}

export function BenchPage() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemeManager}>
      <ErrorBoundary>
        <Bench />
      </ErrorBoundary>
    </MantineProvider>
  );
}
