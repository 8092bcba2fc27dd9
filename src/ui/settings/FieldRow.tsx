import { NativeSelect, Switch } from '@mantine/core';
import { useId } from 'react';
import type { ConfigPath } from '../../domain/configPath';
import { type Field, fieldOf, paperValue } from '../../domain/fields';
import { useRun } from '../lab';
import { FieldHelp } from './FieldHelp';
import classes from './FieldRow.module.css';
import { NumberField } from './NumberField';
import { useSetting } from './useSetting';

interface FieldRowProps {
  readonly path: ConfigPath;
  /** Prefix of the accessible name where the label alone is ambiguous: “Random crop: smallest area”. */
  readonly of?: string;
  /** Whether a person changed it, which a dot shows. */
  readonly isChanged?: boolean;
  /** Whether the paper's value is left to the help, where there is little room. */
  readonly isShort?: boolean;
}

/** One setting: its name, help, the paper's value and the control. */
export function FieldRow({ path, of, isChanged = false, isShort = false }: FieldRowProps) {
  const field = fieldOf(path);
  const id = useId();
  const { value, set } = useSetting(path);
  const name = of === undefined ? undefined : `${of}: ${field.label.toLowerCase()}`;
  const stacked = field.control.kind === 'choice';
  return (
    <div className={stacked ? classes.stacked : classes.inline} data-part={path}>
      <div className={classes.words}>
        <span className={classes.label}>
          {isChanged && <span className={classes.changed} role="img" aria-label="changed by hand" />}
          {of === undefined ? <label htmlFor={id}>{field.label}</label> : <span>{field.label}</span>}
          <FieldHelp field={field} />
        </span>
        {!isShort && <PaperValue field={field} />}
      </div>
      {field.control.kind === 'switch' && (
        <Switch
          id={id}
          aria-label={name}
          checked={value === true}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      )}
      {field.control.kind === 'number' && typeof value === 'number' && (
        <NumberField id={id} name={name} control={field.control} value={value} onCommit={set} />
      )}
      {field.control.kind === 'choice' && <Choice id={id} name={name} field={field} value={value} onChoose={set} />}
    </div>
  );
}

/** The paper's value of this setting; renders nothing for settings that the paper does not have. */
export function PaperValue({ field }: { readonly field: Field }) {
  const method = useRun((run) => run.config.method);
  const paper = paperValue(field, method);
  return paper === null ? null : <span className={classes.paper}>paper: {paper}</span>;
}

interface ChoiceProps {
  readonly id: string;
  readonly name: string | undefined;
  readonly field: Field;
  readonly value: string | number | boolean | undefined;
  onChoose(value: string | number): void;
}

function Choice({ id, name, field, value, onChoose }: ChoiceProps) {
  const options = field.control.kind === 'choice' ? field.control.options : [];
  return (
    <NativeSelect
      id={id}
      aria-label={name}
      value={String(value)}
      data={options.map((option) => ({ value: String(option.value), label: option.label }))}
      onChange={(event) => {
        const chosen = options.find((option) => String(option.value) === event.currentTarget.value);
        if (chosen !== undefined) onChoose(chosen.value);
      }}
    />
  );
}
