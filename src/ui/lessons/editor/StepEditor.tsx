import { ActionIcon, Button, NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { LESSON_LIMITS, type LessonQuestion } from '../../../domain/lessons/lesson';
import { LESSON_TARGETS, targetWords } from '../../../domain/lessons/targets';
import type { DraftStep } from '../../../session/lessons/draft';
import { useLab } from '../../lab';
import classes from './Editor.module.css';
import { WaitEditor } from './WaitEditor';

const TARGETS = LESSON_TARGETS.map((target) => ({ value: target, label: targetWords(target) }));
const NEW_QUESTION: LessonQuestion = { choices: ['', ''], answer: 0, because: '' };

interface StepEditorProps {
  readonly step: DraftStep;
  /** Its place in the lesson, from 0. */
  readonly place: number;
  readonly of: number;
  /** What must be changed; null where the step is complete. */
  readonly problem: string | null;
}

/** One step of the lesson: its sentence, what it points at, what it waits for, its question, and its place. */
export function StepEditor({ step, place, of, problem }: StepEditorProps) {
  const { writer } = useLab().lessons;
  const { key, text, target, wait, question } = step;
  const name = `Step ${place + 1}`;
  return (
    <li className={classes.step}>
      <div className={classes.stepHead}>
        <strong>{name}</strong>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`${name}: up`}
          disabled={place === 0}
          onClick={() => writer.move(key, -1)}
        >
          <IconArrowUp size={14} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`${name}: down`}
          disabled={place === of - 1}
          onClick={() => writer.move(key, 1)}
        >
          <IconArrowDown size={14} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`${name}: delete`}
          onClick={() => writer.change(key, null)}
        >
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      </div>
      <Textarea
        size="xs"
        aria-label={`${name}: sentence`}
        placeholder={question === undefined ? 'One sentence' : 'The question'}
        autosize
        minRows={1}
        maxLength={LESSON_LIMITS.sentence}
        value={text}
        onChange={(event) => writer.change(key, { text: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        aria-label={`${name}: points at`}
        value={target}
        data={TARGETS}
        onChange={(event) => writer.change(key, { target: event.currentTarget.value })}
      />
      <WaitEditor name={name} wait={wait} onChange={(changed) => writer.change(key, { wait: changed })} />
      {question === undefined ? (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => writer.change(key, { question: NEW_QUESTION })}
          aria-label={`${name}: ask for a guess`}
        >
          Ask for a guess
        </Button>
      ) : (
        <QuestionEditor
          name={name}
          question={question}
          onChange={(changed) => writer.change(key, { question: changed })}
        />
      )}
      {problem !== null && (
        <Text size="xs" c="var(--lab-warning)">
          {problem}
        </Text>
      )}
    </li>
  );
}

interface QuestionEditorProps {
  readonly name: string;
  readonly question: LessonQuestion;
  onChange(question: LessonQuestion | undefined): void;
}

function QuestionEditor({ name, question, onChange }: QuestionEditorProps) {
  const { choices, answer, because, task } = question;
  const choose = (at: number, words: string) =>
    onChange({ ...question, choices: choices.map((choice, i) => (i === at ? words : choice)) });
  return (
    <div className={classes.question}>
      {choices.map((choice, i) => (
        <TextInput
          // biome-ignore lint/suspicious/noArrayIndexKey: choices keep their places
          key={i}
          size="xs"
          aria-label={`${name}: choice ${i + 1}`}
          placeholder={`Choice ${i + 1}`}
          maxLength={LESSON_LIMITS.choice}
          value={choice}
          onChange={(event) => choose(i, event.currentTarget.value)}
        />
      ))}
      {choices.length < LESSON_LIMITS.choices && (
        <Button size="compact-xs" variant="subtle" onClick={() => onChange({ ...question, choices: [...choices, ''] })}>
          Another choice
        </Button>
      )}
      <NativeSelect
        size="xs"
        label="Right choice"
        value={String(answer)}
        data={choices.map((_, i) => ({ value: String(i), label: `Choice ${i + 1}` }))}
        onChange={(event) => onChange({ ...question, answer: Number(event.currentTarget.value) })}
      />
      <TextInput
        size="xs"
        label="What to do after the guess"
        value={task ?? ''}
        maxLength={LESSON_LIMITS.sentence}
        onChange={(event) => {
          const words = event.currentTarget.value;
          const { task: _, ...others } = question;
          onChange(words === '' ? others : { ...others, task: words });
        }}
      />
      <TextInput
        size="xs"
        label="The reason"
        value={because}
        maxLength={LESSON_LIMITS.sentence}
        onChange={(event) => onChange({ ...question, because: event.currentTarget.value })}
      />
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(undefined)}>
        No guess
      </Button>
    </div>
  );
}
