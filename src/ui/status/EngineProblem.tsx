import { Button, List, Text } from '@mantine/core';
import { useEngine, useLab, useRun } from '../lab';

/** An error, and what to do about it. */
export function EngineProblem() {
  const lab = useLab();
  const state = useEngine((engine) => engine.state);
  const engineError = useEngine((engine) => engine.error);
  const runError = useRun((run) => run.error);
  const error = engineError ?? runError;
  if (error === null) return null;
  return (
    <div role="alert">
      <Text size="sm">{error.message}</Text>
      {error.code === 'no-engine' && <NoEngineHelp />}
      <Button size="compact-sm" mt={8} onClick={() => lab.reset()}>
        {state === 'failed' ? 'Try again' : state === 'lost' ? 'Restart the engine' : 'Start the run over'}
      </Button>
    </div>
  );
}

function NoEngineHelp() {
  return (
    <>
      <Text size="sm" mt={6}>
        This page trains on the GPU, through WebGPU or WebGL, or on the processor, through WebAssembly. To enable one of
        them:
      </Text>
      <List size="sm" mt={4}>
        <List.Item>Use a current Chrome, Edge, Firefox or Safari, on https or localhost.</List.Item>
        <List.Item>Switch on hardware acceleration in the browser’s settings, and restart it.</List.Item>
        <List.Item>Set “Engine” in the settings to automatic.</List.Item>
      </List>
    </>
  );
}
