import { ActionIcon, Button, Checkbox, NativeSelect, NumberInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { FIELDS, fieldOf, valueLabel } from '../../../domain/fields';
import {
  LESSON_ACTION_NAMES,
  LESSON_ACTIONS,
  LESSON_SIGNALS,
  type LessonCondition,
  type MeasuredCondition,
} from '../../../domain/lessons/conditions';
import { LESSON_LIMITS } from '../../../domain/lessons/lesson';
import type { Leaf } from '../../../domain/settings/setting';
import { SIGNAL_WORDS } from '../waitWords';
import classes from './Editor.module.css';

const SETTING = 'set';
const SIGNAL = 'signal';
const KINDS = [
  ...LESSON_ACTION_NAMES.map((name) => ({ value: name as string, label: LESSON_ACTIONS[name] })),
  { value: SETTING, label: 'a setting has a value' },
  { value: SIGNAL, label: 'a measurement passes a limit' },
];
const PATHS = FIELDS.map(({ path, label }) => ({ value: path, label }));
const SIGNALS = LESSON_SIGNALS.map((name) => ({ value: name as string, label: SIGNAL_WORDS[name] }));

interface WaitEditorProps {
  readonly name: string;
  readonly wait: readonly LessonCondition[];
  onChange(wait: LessonCondition[]): void;
}

/** What a step waits for: all of some conditions, or none. */
export function WaitEditor({ name, wait, onChange }: WaitEditorProps) {
  return (
    <div className={classes.waits}>
      {wait.map((condition, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other name
        <div key={i} className={classes.wait}>
          <ConditionEditor
            name={`${name}: wait ${i + 1}`}
            condition={condition}
            onChange={(changed) => onChange(wait.map((each, at) => (at === i ? changed : each)))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={`${name}: wait ${i + 1}, remove`}
            onClick={() => onChange(wait.filter((_, at) => at !== i))}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {wait.length < LESSON_LIMITS.conditions && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`${name}: wait for something`}
          onClick={() => onChange([...wait, { did: 'trained' }])}
        >
          {wait.length === 0 ? 'Waits until Next is pressed; wait for something' : 'And for something else'}
        </Button>
      )}
    </div>
  );
}

interface ConditionEditorProps {
  readonly name: string;
  readonly condition: LessonCondition;
  onChange(condition: LessonCondition): void;
}

/** The first value that a setting takes, other than a number's default. */
function firstValueOf(path: string): Leaf {
  const { control } = fieldOf(path);
  if (control.kind === 'switch') return false;
  return control.kind === 'number' ? control.min : (control.options[0]?.value ?? '');
}

function newCondition(kind: string): LessonCondition {
  if (kind === SETTING) return { set: 'stopGradient', to: false };
  if (kind === SIGNAL) return { signal: 'step', above: 50 };
  return { did: LESSON_ACTION_NAMES.find((action) => action === kind) ?? 'trained' };
}

function ConditionEditor({ name, condition, onChange }: ConditionEditorProps) {
  const kind = 'did' in condition ? condition.did : 'set' in condition ? SETTING : SIGNAL;
  return (
    <div className={classes.condition}>
      <NativeSelect
        size="xs"
        aria-label={name}
        value={kind}
        data={KINDS}
        onChange={(event) => onChange(newCondition(event.currentTarget.value))}
      />
      {'set' in condition && (
        <>
          <NativeSelect
            size="xs"
            aria-label={`${name}, setting`}
            value={condition.set}
            data={PATHS}
            onChange={(event) => {
              const path = event.currentTarget.value;
              onChange({ set: path, to: firstValueOf(path) });
            }}
          />
          <ValueEditor name={`${name}, value`} condition={condition} onChange={onChange} />
        </>
      )}
      {'signal' in condition && <LimitEditor name={name} condition={condition} onChange={onChange} />}
    </div>
  );
}

interface ValueEditorProps {
  readonly name: string;
  readonly condition: Extract<LessonCondition, { set: string }>;
  onChange(condition: LessonCondition): void;
}

function ValueEditor({ name, condition: { set, to }, onChange }: ValueEditorProps) {
  const field = fieldOf(set);
  const { control } = field;
  if (control.kind === 'number') {
    return (
      <NumberInput
        size="xs"
        aria-label={name}
        min={control.min}
        max={control.max}
        value={typeof to === 'number' ? to : control.min}
        onChange={(value) => typeof value === 'number' && onChange({ set, to: value })}
      />
    );
  }
  const values: readonly Leaf[] = control.kind === 'switch' ? [true, false] : control.options.map(({ value }) => value);
  return (
    <NativeSelect
      size="xs"
      aria-label={name}
      value={String(to)}
      data={values.map((value) => ({ value: String(value), label: valueLabel(field, value) }))}
      onChange={(event) => {
        const value = values.find((each) => String(each) === event.currentTarget.value);
        if (value !== undefined) onChange({ set, to: value });
      }}
    />
  );
}

interface LimitEditorProps {
  readonly name: string;
  readonly condition: MeasuredCondition;
  onChange(condition: LessonCondition): void;
}

function LimitEditor({ name, condition, onChange }: LimitEditorProps) {
  const { signal, below, above, timesRoot } = condition;
  const side = below === undefined ? 'above' : 'below';
  const limit = below ?? above ?? 0;
  const edit = (change: {
    signal?: MeasuredCondition['signal'];
    side?: string;
    limit?: number;
    timesRoot?: boolean;
  }) => {
    const next = { signal, side, limit, timesRoot: timesRoot === true, ...change };
    onChange({
      signal: next.signal,
      [next.side]: next.limit,
      ...(next.timesRoot && next.signal === 'outputStd' ? { timesRoot: true } : {}),
    } as MeasuredCondition);
  };
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={`${name}, measurement`}
        value={signal}
        data={SIGNALS}
        onChange={(event) => {
          const chosen = LESSON_SIGNALS.find((each) => each === event.currentTarget.value);
          if (chosen !== undefined) edit({ signal: chosen });
        }}
      />
      <NativeSelect
        size="xs"
        aria-label={`${name}, side`}
        value={side}
        data={['above', 'below']}
        onChange={(event) => edit({ side: event.currentTarget.value })}
      />
      <NumberInput
        size="xs"
        aria-label={`${name}, limit`}
        step={0.1}
        value={limit}
        onChange={(value) => typeof value === 'number' && edit({ limit: value })}
      />
      {signal === 'outputStd' && (
        <Checkbox
          size="xs"
          label="of 1/√d"
          checked={timesRoot === true}
          onChange={(event) => edit({ timesRoot: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
