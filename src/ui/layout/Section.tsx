import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import type { LessonTarget } from '../../domain/lessons/targets';
import classes from './Section.module.css';

interface SectionProps {
  readonly title: string;
  /** Beside the title, in the second ink. */
  readonly note?: ReactNode;
  /** At the right end. */
  readonly aside?: ReactNode;
  readonly className?: string | undefined;
  /** What a lesson calls it (`data-part`). */
  readonly part?: LessonTarget;
  readonly children: ReactNode;
}

/** A part of the page with a heading, without a frame; a landmark of that name for screen readers. */
export function Section({ title, note, aside, className, part, children }: SectionProps) {
  const id = useId();
  return (
    <section className={className} aria-labelledby={id} data-part={part}>
      <header className={classes.header}>
        <Title order={2} id={id} className={classes.title}>
          {title}
        </Title>
        {note !== undefined && <span className={classes.note}>{note}</span>}
        {aside !== undefined && <div className={classes.aside}>{aside}</div>}
      </header>
      {children}
    </section>
  );
}
