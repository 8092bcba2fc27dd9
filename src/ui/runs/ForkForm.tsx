import { Button, CloseButton, NativeSelect, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { fieldOf } from '../../domain/fields';
import { ALL_OPTIONS, hasOption } from '../../domain/methods/registry';
import { LIVE_KEYS, type LiveKey, type LiveValue, liveSchema, liveSettingsOf } from '../../domain/runConfig';
import type { RunRecord } from '../../storage/runRecord';
import { useKeptRuns, useLab } from '../lab';
import { grouped } from '../numbers';
import { NumberField } from '../settings/NumberField';
import classes from './Runs.module.css';
import { useRunNames } from './useRunNames';

interface ForkFormProps {
  readonly run: RunRecord;
  onDone(): void;
}

/** The live settings of the run after its changes before a step. */
function settingsAt({ config, changes }: RunRecord, step: number) {
  const made = changes.filter(([at]) => at < step).map(([, key, value]) => [key, value]);
  return { ...liveSettingsOf(config), ...(Object.fromEntries(made) as Partial<Record<LiveKey, LiveValue>>) };
}

/** Begins a new run from a kept step of another one, with one setting changed. */
export function ForkForm({ run, onDone }: ForkFormProps) {
  const lab = useLab();
  const name = useRunNames()(run);
  const steps = useKeptRuns(({ runs }) => runs.get(run.id)?.steps) ?? [];
  const [chosen, setChosen] = useState<number | null>(null);
  const [key, setKey] = useState<LiveKey | null>(null);
  const [value, setValue] = useState<LiveValue | null>(null);
  const step = chosen ?? steps.at(-1)?.step ?? null;
  if (step === null) return null;
  const keys = LIVE_KEYS.filter((path) => !ALL_OPTIONS.has(path) || hasOption(run.config.method, path));
  const present = settingsAt(run, step);
  const choose = (next: LiveKey | null) => {
    setKey(next);
    // A switch is there to be turned over.
    const now = next === null ? null : present[next];
    setValue(typeof now === 'boolean' ? !now : now);
  };
  const begin = () => {
    const changes = key === null || value === null ? [] : ([[key, value]] as const);
    void lab.keptRuns.fork(run.id, step, changes);
    lab.placeStore.setState({ place: 'train' });
    onDone();
  };
  return (
    <form
      className={classes.said}
      aria-label={`Go on from a step of ${name}`}
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <Text size="sm">
        Go on from a step of “{name}” as a run of its own, with the same draws, so that only the change differs.
      </Text>
      <NativeSelect
        size="xs"
        label="From step"
        value={step}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
        data={[...steps].reverse().map((kept) => ({ value: String(kept.step), label: grouped(kept.step) }))}
      />
      <NativeSelect
        size="xs"
        label="With changed"
        value={key ?? ''}
        onChange={(event) => choose(keys.find((path) => path === event.currentTarget.value) ?? null)}
        data={[{ value: '', label: 'nothing' }, ...keys.map((path) => ({ value: path, label: fieldOf(path).label }))]}
      />
      {key !== null && value !== null && <ValueField path={key} value={value} onChange={setValue} />}
      <Button size="compact-sm" type="submit">
        Begin
      </Button>
      <CloseButton size="sm" aria-label="Cancel" onClick={onDone} />
    </form>
  );
}

interface ValueFieldProps {
  readonly path: LiveKey;
  readonly value: LiveValue;
  onChange(value: LiveValue): void;
}

/** The control of the value that a setting is changed to. */
function ValueField({ path, value, onChange }: ValueFieldProps) {
  const id = useId();
  const { control } = fieldOf(path);
  const take = (next: unknown) => {
    const parsed = liveSchema.shape[path].safeParse(next);
    if (parsed.success) onChange(parsed.data);
  };
  if (control.kind === 'number') {
    return (
      <div>
        <label className={classes.label} htmlFor={id}>
          To
        </label>
        <NumberField id={id} name={undefined} control={control} value={Number(value)} onCommit={take} />
      </div>
    );
  }
  const options =
    control.kind === 'switch'
      ? [
          { value: 'true', label: 'on' },
          { value: 'false', label: 'off' },
        ]
      : control.options.map((option) => ({ ...option, value: String(option.value) }));
  return (
    <NativeSelect
      size="xs"
      label="To"
      value={String(value)}
      onChange={({ currentTarget: { value: next } }) => take(control.kind === 'switch' ? next === 'true' : next)}
      data={options}
    />
  );
}
