import { NumberInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { shortened } from '../../domain/fields';
import type { FieldControl } from '../../domain/settings/setting';
import classes from './FieldRow.module.css';

/** A number is committed once typing has stopped for this long, or at once on leaving the field. */
const SETTLED_MS = 500;

interface NumberFieldProps {
  readonly id: string;
  /** The accessible name, where no label refers to `id`. */
  readonly name: string | undefined;
  readonly control: Extract<FieldControl, { kind: 'number' }>;
  readonly value: number;
  onCommit(value: number): void;
}

/** The control of a number. Incomplete input and values outside the limits are not committed. */
export function NumberField({ id, name, control, value, onCommit }: NumberFieldProps) {
  const { min, max, step, integer } = control;
  const shown = shortened(value);
  const [draft, setDraft] = useState<number | string>(shown);
  useEffect(() => setDraft(shown), [shown]);

  const commit = (next: number | string) => {
    const fits = typeof next === 'number' && next >= min && next <= max;
    if (fits && next !== shown) onCommit(next);
  };
  const commitSoon = useDebouncedCallback(commit, { delay: SETTLED_MS, flushOnUnmount: true });

  return (
    <NumberInput
      className={classes.number}
      size="xs"
      id={id}
      aria-label={name}
      value={draft}
      min={min}
      max={max}
      step={step}
      allowDecimal={integer !== true}
      allowNegative={min < 0}
      clampBehavior="blur"
      onChange={(next) => {
        setDraft(next);
        commitSoon(next);
      }}
      onBlur={() => {
        commitSoon.flush();
        if (typeof draft !== 'number') setDraft(shown);
      }}
    />
  );
}
