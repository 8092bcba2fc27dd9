import { Badge, Popover, Text, UnstyledButton } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useEngine, useRun } from '../lab';
import { adapterNote } from './adapterNote';
import classes from './EngineChip.module.css';

const ENGINE_TITLES = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM' } as const;

/** The engine and its adapter, as a button that says what runs and why. */
export function EngineChip() {
  const adapter = useEngine((engine) => engine.adapter);
  const state = useEngine((engine) => engine.state);
  const [opened, setOpened] = useState(false);
  const preset = useRun((run) => run.config.preset);
  if (adapter === null) {
    return (
      <Badge className={classes.chip} variant="default" data-testid="adapter">
        {state === 'failed' ? 'no engine' : 'starting …'}
      </Badge>
    );
  }
  const text = `${ENGINE_TITLES[adapter.engine]} · ${adapter.description}`;
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={320}
      position="bottom-end"
      withinPortal={false}
      transitionProps={{ duration: 0 }}
      returnFocus
    >
      <Popover.Target>
        <UnstyledButton
          className={classes.button}
          title={text}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
          onKeyDown={({ key }) => key === 'Escape' && setOpened(false)}
        >
          <span className={classes.text} data-testid="adapter">
            {ENGINE_TITLES[adapter.engine]}
            <span className={classes.adapter}> · {adapter.description}</span>
          </span>
          <IconInfoCircle className={classes.icon} size={15} stroke={1.8} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.note}>
        <Text size="sm">{adapterNote(adapter, preset)}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}
