import { Button } from '@mantine/core';
import { FIRST_LESSON } from '../../domain/lessons/firstLesson';
import { useLab, useLesson } from '../lab';
import classes from '../status/Status.module.css';

/** Whether the first lesson is offered: at a first visit, until a lesson has been begun. */
export function useIsOffered(): boolean {
  const { isFirstVisit } = useLab();
  return useLesson(({ progress }) => isFirstVisit && Object.keys(progress).length === 0);
}

/** Opens the first lesson. */
export function LessonOffer() {
  const { lessons } = useLab();
  const { id, title, minutes } = FIRST_LESSON;
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
