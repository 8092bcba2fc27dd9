import { Button } from '@mantine/core';
import { FIRST_LESSON } from '../../domain/lessons/firstLesson';
import { useLab, useLesson } from '../lab';
import classes from '../status/Status.module.css';

/** Offers the first lesson at a first visit, until one has been begun. */
export function LessonOffer() {
  const { lessons, isFirstVisit } = useLab();
  const isNew = useLesson(({ progress }) => Object.keys(progress).length === 0);
  const { id, title, minutes } = FIRST_LESSON;
  if (!isFirstVisit || !isNew) return null;
  return (
    <Button
      className={classes.action}
      size="compact-sm"
      variant="light"
      aria-label={`${title} · ${minutes} min: a lesson`}
      onClick={() => void lessons.begin(id)}
    >
      {title} · {minutes} min
    </Button>
  );
}
