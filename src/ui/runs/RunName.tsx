import { ActionIcon, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { runName } from '../../session/archive/describeRun';
import type { RunRecord } from '../../storage/runRecord';
import { useLab } from '../lab';
import classes from './Runs.module.css';

/** The longest name that can be given. */
const MAX_LENGTH = 80;

/** A run's name, to be changed in place: Enter or leaving keeps it, Escape does not, nothing at all gives back the one it had by itself. */
export function RunName({ run }: { readonly run: RunRecord }) {
  const lab = useLab();
  const [edited, setEdited] = useState<string | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  const wasEdited = useRef(false);
  const name = runName(run);

  // The field goes; whoever typed in it goes on from where it was opened.
  useEffect(() => {
    if (wasEdited.current && edited === null) pencil.current?.focus();
    wasEdited.current = edited !== null;
  }, [edited]);

  const keep = () => {
    if (edited !== null && edited !== name) void lab.archive.rename(run.id, edited);
    setEdited(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') keep();
    if (event.key === 'Escape') setEdited(null);
  };

  if (edited !== null) {
    return (
      <TextInput
        className={classes.nameField}
        size="xs"
        aria-label="Name of the run"
        placeholder={runName({ ...run, name: null })}
        value={edited}
        maxLength={MAX_LENGTH}
        data-autofocus
        ref={(field) => field?.focus()}
        onChange={(event) => setEdited(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={onKeyDown}
        onBlur={keep}
      />
    );
  }
  return (
    <span className={classes.name}>
      {name}{' '}
      <ActionIcon
        ref={pencil}
        className={classes.pencil}
        variant="subtle"
        color="gray"
        size="xs"
        aria-label={`Rename ${name}`}
        onClick={() => setEdited(name)}
      >
        <IconPencil size={13} stroke={1.7} aria-hidden />
      </ActionIcon>
    </span>
  );
}
