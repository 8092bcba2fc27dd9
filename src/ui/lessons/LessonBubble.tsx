import { type FloatingPosition, Popover, VisuallyHidden } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useEffect, useId } from 'react';
import { type LessonTarget, targetWords } from '../../domain/lessons/targets';
import { phaseOf, stepOf } from '../../session/lessons/lessonStore';
import { useLab, useLesson } from '../lab';
import classes from './Lesson.module.css';
import { LessonCard } from './LessonCard';
import { reveal } from './target';
import { useDescription, useTarget } from './useTarget';

/** Where the bubble stands beside what it points at, where that is not to the right of it. */
const POSITIONS: Readonly<Partial<Record<LessonTarget, FloatingPosition>>> = {
  train: 'bottom-start',
  reset: 'bottom-start',
  places: 'bottom-start',
  status: 'bottom-start',
  figure2: 'bottom-end',
  reading: 'bottom-end',
  stopGradient: 'bottom',
  diagram: 'bottom-start',
  neighbours: 'top-start',
  gallery: 'bottom-start',
  experiments: 'top-start',
  runs: 'top-start',
  outputs: 'left-end',
  replay: 'top',
  loss: 'top-start',
  std: 'top-start',
  rank: 'top-start',
  accuracy: 'top-start',
  details: 'top-start',
};
const MIDDLEWARES = { flip: { fallbackAxisSideDirection: 'start', crossAxis: false }, shift: { padding: 8 } } as const;

/** The lesson on the page: a bubble at what its sentence speaks of, and on a phone a strip at the bottom. It never takes the focus. */
export function LessonBubble() {
  const lab = useLab();
  const step = useLesson(stepOf);
  const target = step?.target ?? null;
  const at = useLesson((state) => state.step);
  const isNarrow = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false });
  const { element, box } = useTarget(target);
  const sentenceId = useId();
  useDescription(element, sentenceId);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each step shows its target once; a person may then look elsewhere
  useEffect(() => {
    if (target === null) return;
    let isCurrent = true;
    void reveal(lab, target, () => isCurrent);
    return () => {
      isCurrent = false;
    };
  }, [lab, target, at]);

  const leave = () => {
    lab.lessons.player.leave();
    document.querySelector<HTMLElement>('[data-part="lessons"]')?.focus();
  };
  const onShow = target === null || box !== null ? null : () => void reveal(lab, target, () => true);
  const card = <LessonCard sentenceId={sentenceId} onShow={onShow} onLeave={leave} />;
  const ring = box === null ? null : <div className={classes.ring} style={box} />;
  return (
    <>
      <Announcement />
      {isNarrow || ring === null || target === null ? (
        <>
          {ring}
          <Strip>{card}</Strip>
        </>
      ) : (
        <Popover
          key={`${at} ${target}`}
          opened
          withArrow
          arrowSize={10}
          withRoles={false}
          withinPortal={false}
          floatingStrategy="fixed"
          position={POSITIONS[target] ?? 'right-start'}
          middlewares={MIDDLEWARES}
          preventPositionChangeWhenVisible={false}
          hideDetached={false}
          closeOnEscape={false}
          closeOnClickOutside={false}
          transitionProps={{ duration: 0 }}
          width={340}
          classNames={{ arrow: classes.arrow }}
          offset={10}
          zIndex={110}
        >
          <Popover.Target>{ring}</Popover.Target>
          <Popover.Dropdown className={classes.bubble}>{card}</Popover.Dropdown>
        </Popover>
      )}
    </>
  );
}

/** The card at the bottom of the screen. Notices and the page's end make room for it. */
function Strip({ children }: { readonly children: ReactNode }) {
  const { ref, height } = useElementSize();
  useEffect(() => {
    const { style } = document.documentElement;
    style.setProperty('--lesson-strip', `${height}px`);
    return () => {
      style.removeProperty('--lesson-strip');
    };
  }, [height]);
  return (
    <div ref={ref} className={classes.strip} data-lesson-strip>
      {children}
    </div>
  );
}

/** What a screen reader is told of a step: its place in the lesson, its sentence, what it is about, and when it is done. */
function Announcement() {
  const lesson = useLesson((state) => state.lesson);
  const at = useLesson((state) => state.step);
  const step = useLesson(stepOf);
  const phase = useLesson(phaseOf);
  const words = () => {
    if (lesson === null) return '';
    if (step === null) return `${lesson.title}: end of the lesson.`;
    const { question } = step;
    if (phase === 'answer') return `${question?.choices[question.answer] ?? ''}. ${question?.because ?? ''}`;
    const choices = phase === 'guess' ? ` Your guess: ${question?.choices.join('; ') ?? ''}.` : '';
    const sentence = (phase === 'guess' ? undefined : question?.task) ?? step.text;
    return `${lesson.title}, ${at + 1} of ${lesson.steps.length}. ${sentence}${choices} It is about ${targetWords(step.target)}.`;
  };
  return (
    <>
      <VisuallyHidden role="status" aria-live="polite">
        {words()}
      </VisuallyHidden>
      <VisuallyHidden role="status" aria-live="polite">
        {phase === 'ready' && step !== null && step.wait.length > 0 ? 'Done. N goes on.' : ''}
      </VisuallyHidden>
    </>
  );
}
