import { Button, Checkbox, CloseButton, Group, NumberInput, Text, TextInput, Title } from '@mantine/core';
import { IconPlayerRecordFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useId, useMemo, useState } from 'react';
import { encodeLesson } from '../../../domain/lessons/lessonLink';
import { LESSON_KEY } from '../../../domain/places';
import { finished } from '../../../session/lessons/lessonDraft';
import { useLab, useLessonWriter } from '../../lab';
import classes from './Editor.module.css';
import { StepEditor } from './StepEditor';

const NEW_STEP = { text: '', target: 'outputs', wait: [] };

/** Writes a lesson: records what is done on the page, and edits the steps. While it records, only a small bar is shown. */
export function LessonEditor() {
  const isRecording = useLessonWriter((state) => state.isRecording);
  return isRecording ? <Recording /> : <Editor />;
}

function Recording() {
  const { writer } = useLab().lessons;
  const count = useLessonWriter((state) => state.draft.steps.length);
  const last = useLessonWriter((state) => state.draft.steps.at(-1)?.text);
  return (
    <aside className={classes.recording} aria-label="Recording a lesson">
      <IconPlayerRecordFilled size={14} className={classes.dot} aria-hidden />
      <Text size="sm" role="status" className={classes.last}>
        {count === 0 ? 'What you do now becomes a step.' : `Step ${count}: ${last}`}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => writer.add(NEW_STEP)}>
        Add a sentence
      </Button>
      <Button
        size="compact-sm"
        leftSection={<IconPlayerStopFilled size={12} aria-hidden />}
        onClick={() => writer.stopRecording()}
      >
        Stop
      </Button>
    </aside>
  );
}

function Editor() {
  const { lessons } = useLab();
  const { writer } = lessons;
  const draft = useLessonWriter((state) => state.draft);
  const { lesson, problems } = useMemo(() => finished(draft), [draft]);
  const [shown, setShown] = useState<{ readonly text: string; readonly link: string | null } | null>(null);
  const titleId = useId();

  const copy = async () => {
    if (lesson === null) {
      setShown({ text: problems[0]?.text ?? '', link: null });
      return;
    }
    const address = new URL(window.location.href);
    address.hash = `${LESSON_KEY}=${encodeLesson(lesson)}`;
    try {
      await navigator.clipboard.writeText(address.href);
      setShown({ text: 'Link copied. Whoever opens it gets this lesson.', link: address.href });
    } catch {
      // No permission, or no secure context: the link is shown, to be copied by hand.
      setShown({ text: 'Copy this link. Whoever opens it gets this lesson.', link: address.href });
    }
  };
  const tryIt = () => {
    if (lesson === null) setShown({ text: problems[0]?.text ?? '', link: null });
    else {
      writer.close();
      void lessons.beginWith(lesson);
    }
  };

  return (
    <aside className={classes.editor} aria-labelledby={titleId}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size={16} id={titleId}>
          Write a lesson
        </Title>
        <CloseButton aria-label="Close the editor" onClick={() => writer.close()} />
      </Group>
      <Text size="sm" c="dimmed">
        Record what a reader should do: each action becomes a step, whose words you can then change.
      </Text>
      <Group gap={8}>
        <Button
          size="compact-sm"
          leftSection={<IconPlayerRecordFilled size={12} aria-hidden />}
          onClick={() => void writer.record()}
        >
          Record
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => writer.add(NEW_STEP)}>
          Add a step
        </Button>
      </Group>
      <div className={classes.whole}>
        <TextInput
          size="xs"
          label="Title"
          value={draft.title}
          onChange={(event) => writer.edit({ title: event.currentTarget.value })}
        />
        <NumberInput
          size="xs"
          label="Minutes"
          min={1}
          max={90}
          allowDecimal={false}
          value={draft.minutes}
          onChange={(minutes) => typeof minutes === 'number' && writer.edit({ minutes })}
        />
      </div>
      <Checkbox
        size="xs"
        label="Hide controls that no step points at"
        checked={draft.hides}
        onChange={(event) => writer.edit({ hides: event.currentTarget.checked })}
      />
      <Group gap={8}>
        <Text size="xs" c="dimmed">
          {draft.settings === ''
            ? 'It opens with the settings that the page has.'
            : 'It opens with settings of its own.'}
        </Text>
        <Button size="compact-xs" variant="subtle" onClick={() => writer.takeSettings()}>
          Take the present ones
        </Button>
      </Group>
      <ol className={classes.steps}>
        {draft.steps.map((step, i) => (
          <StepEditor
            key={step.key}
            step={step}
            place={i}
            of={draft.steps.length}
            problem={step.text === '' ? null : (problems.find(({ key }) => key === step.key)?.text ?? null)}
          />
        ))}
      </ol>
      <div className={classes.foot}>
        <Group gap={8}>
          <Button size="compact-sm" onClick={() => void copy()}>
            Copy the link
          </Button>
          <Button size="compact-sm" variant="default" onClick={tryIt}>
            Try it
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => writer.clear()}>
            Delete all
          </Button>
        </Group>
        <Text size="xs" role="status">
          {shown?.text}
        </Text>
        {shown?.link != null && (
          <TextInput
            aria-label="Link to the lesson"
            size="xs"
            readOnly
            value={shown.link}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </div>
    </aside>
  );
}
