import { ActionIcon, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { runName } from '../../session/archive/describeRun';
import type { RunRecord } from '../../storage/runRecord';
import { useLab } from '../lab';
import classes from './Runs.module.css';
import { useRunNames } from './useRunNames';

/** The longest name that can be given. */
const MAX_LENGTH = 80;

/** A run's name, edited in place: Enter or leaving the field saves it, Escape cancels, an empty name restores the default name. */
export function RunName({ run }: { readonly run: RunRecord }) {
  const lab = useLab();
  const [edited, setEdited] = useState<string | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const wasEdited = useRef(false);
  const name = useRunNames()(run);

  // The focus moves into the field, and back to the pencil button.
  const editing = edited !== null;
  useEffect(() => {
    if (editing) field.current?.select();
    else if (wasEdited.current) pencil.current?.focus();
    wasEdited.current = editing;
  }, [editing]);

  const keep = () => {
    if (edited !== null && edited !== name) void lab.archive.rename(run.id, edited);
    setEdited(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      // The pencil button gets the focus back during this event; without this, Enter would press it.
      event.preventDefault();
      keep();
    }
    if (event.key === 'Escape') setEdited(null);
  };

  if (edited !== null) {
    return (
      <TextInput
        className={classes.nameField}
        size="xs"
        aria-label="Name of the run"
        placeholder={run.name === null ? name : runName({ ...run, name: null })}
        value={edited}
        maxLength={MAX_LENGTH}
        ref={field}
        onChange={(event) => setEdited(event.currentTarget.value)}
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
