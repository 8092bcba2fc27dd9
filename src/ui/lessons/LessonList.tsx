import { ActionIcon, Button, UnstyledButton } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import type { Lesson } from '../../domain/lessons/lesson';
import { LESSONS } from '../../domain/lessons/registry';
import { LESSON_KEY } from '../../domain/places';
import { useLab, useLesson } from '../lab';
import classes from './LessonList.module.css';

/** The lessons of the page, with how far one has come in each, and the way to write one. */
export function LessonList() {
  const { lessons } = useLab();
  const linked = useLesson(({ lesson }) => (lesson !== null && !LESSONS.includes(lesson) ? lesson : null));
  const [copied, setCopied] = useState('');
  const copy = async ({ id, title }: Lesson) => {
    const address = new URL(window.location.href);
    address.hash = `${LESSON_KEY}=${id}`;
    try {
      await navigator.clipboard.writeText(address.href);
      setCopied(`Link to “${title}” copied.`);
    } catch {
      // No permission, or no secure context.
      setCopied(`Copy this link: ${address.href}`);
    }
  };
  return (
    <>
      <ul className={classes.list} aria-label="Lessons">
        {[...(linked === null ? [] : [linked]), ...LESSONS].map((lesson) => (
          <Entry key={lesson.id} lesson={lesson} onCopy={lesson === linked ? null : () => void copy(lesson)} />
        ))}
      </ul>
      <p className={classes.note} role="status">
        {copied}
      </p>
      <Button
        size="compact-sm"
        variant="subtle"
        onClick={() => {
          lessons.listStore.setState({ isOpen: false });
          void lessons.writer.open();
        }}
      >
        Write a lesson
      </Button>
    </>
  );
}

function Entry({ lesson, onCopy }: { readonly lesson: Lesson; readonly onCopy: (() => void) | null }) {
  const { lessons } = useLab();
  const progress = useLesson((state) => state.progress[lesson.id]);
  const { title, minutes, summary, steps } = lesson;
  const isBegun = progress !== undefined && progress.step > 0;
  const resume = () => {
    lessons.listStore.setState({ isOpen: false });
    lessons.player.open(lesson);
  };
  return (
    <li className={classes.entry}>
      <UnstyledButton className={classes.open} onClick={() => void lessons.beginWith(lesson)}>
        <span className={classes.name}>
          {title} <span className={classes.minutes}>{minutes} min</span>
          {progress?.isDone === true && <IconCheck size={14} className={classes.done} aria-label="done" />}
        </span>
        <span className={classes.summary}>{summary}</span>
      </UnstyledButton>
      {isBegun && (
        <Button size="compact-xs" variant="default" aria-label={`Resume ${title}`} onClick={resume}>
          Resume {progress.step + 1}/{steps.length}
        </Button>
      )}
      {onCopy !== null && (
        <ActionIcon variant="subtle" color="gray" size={28} aria-label={`Copy the link to ${title}`} onClick={onCopy}>
          <IconLink size={15} stroke={1.7} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}
