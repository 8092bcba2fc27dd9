import { Button, CloseButton } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { isDoing } from '../../domain/lessons/conditions';
import type { Lesson, LessonQuestion, LessonStep } from '../../domain/lessons/lesson';
import { LESSONS } from '../../domain/lessons/registry';
import { phaseOf, stepOf } from '../../session/lessons/lessonStore';
import { readPage } from '../../session/lessons/readPage';
import { useLab, useLesson, useRun } from '../lab';
import classes from './Lesson.module.css';
import { waitWords } from './waitWords';

/** The number that is waited for changes at most four times a second, so that it can be read. */
const UPDATE_MS = 250;

interface LessonCardProps {
  /** The id of the sentence, which describes what it points at. */
  readonly sentenceId: string;
  /** Brings what the sentence points at into view; null where it is. */
  readonly onShow: (() => void) | null;
  onLeave(): void;
}

/** The present step of the lesson: one sentence, its question, what it waits for, and the way on. */
export function LessonCard({ sentenceId, onShow, onLeave }: LessonCardProps) {
  const { player } = useLab().lessons;
  const lesson = useLesson((state) => state.lesson);
  const at = useLesson((state) => state.step);
  const phase = useLesson(phaseOf);
  const step = useLesson(stepOf);
  if (lesson === null) return null;
  const of = lesson.steps.length;
  return (
    <div className={classes.card}>
      <div className={classes.head}>
        <span className={classes.title}>{lesson.title}</span>
        {step !== null && (
          <span className={classes.count}>
            {at + 1} of {of}
          </span>
        )}
        <CloseButton size="sm" aria-label="Leave the lesson" title="Leave the lesson (L)" onClick={onLeave} />
      </div>
      {step === null ? <End lesson={lesson} onLeave={onLeave} /> : <Step step={step} sentenceId={sentenceId} />}
      {step !== null && (
        <div className={classes.foot}>
          {onShow !== null && (
            <Button size="compact-sm" variant="default" onClick={onShow}>
              Show it
            </Button>
          )}
          <span className={classes.gap} />
          {at > 0 && (
            <Button size="compact-sm" variant="subtle" onClick={() => player.back()}>
              Back
            </Button>
          )}
          {phase !== 'guess' && (
            <Onward step={step} isReady={phase === 'ready' || phase === 'answer'} isLast={at + 1 === of} />
          )}
        </div>
      )}
    </div>
  );
}

/** The button to the next step, where the step does not end by itself. It is disabled until what the step waits for has come. */
function Onward({
  step,
  isReady,
  isLast,
}: {
  readonly step: LessonStep;
  readonly isReady: boolean;
  readonly isLast: boolean;
}) {
  const { player } = useLab().lessons;
  // With the run, since a run that has ended can no longer bring what is waited for.
  const isHopeless = useRun(() => player.isHopeless());
  if (isHopeless) {
    return (
      <Button size="compact-sm" variant="default" onClick={() => player.skip()}>
        Skip this step
      </Button>
    );
  }
  if (!isReady && step.question === undefined && isDoing(step.wait)) return null;
  return (
    <Button size="compact-sm" disabled={!isReady} title="N" onClick={() => player.next()}>
      {isLast ? 'Finish' : 'Next'}
    </Button>
  );
}

function Step({ step, sentenceId }: { readonly step: LessonStep; readonly sentenceId: string }) {
  const phase = useLesson(phaseOf);
  const guess = useLesson((state) => state.guess);
  const { question, text } = step;
  const sentence = phase === 'wait' && question?.task !== undefined ? question.task : text;
  return (
    <>
      <p className={classes.sentence} id={sentenceId}>
        {sentence}
      </p>
      {phase === 'guess' && question !== undefined && <Choices question={question} />}
      {phase === 'wait' && <Waiting step={step} />}
      {phase === 'answer' && question !== undefined && guess !== null && <Answer question={question} guess={guess} />}
    </>
  );
}

function Choices({ question }: { readonly question: LessonQuestion }) {
  const { player } = useLab().lessons;
  return (
    <fieldset className={classes.choices} aria-label="Your guess">
      {question.choices.map((choice, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: choices keep their places, and two may have the same words
        <Button key={i} size="compact-sm" variant="default" title={String(i + 1)} onClick={() => player.guess(i)}>
          {choice}
        </Button>
      ))}
    </fieldset>
  );
}

function Answer({ question, guess }: { readonly question: LessonQuestion; readonly guess: number }) {
  const isRight = guess === question.answer;
  return (
    <div className={classes.answer}>
      <p>
        {isRight ? (
          <strong>
            <IconCheck size={15} aria-hidden /> As you guessed: {question.choices[question.answer]}.
          </strong>
        ) : (
          <>
            Your guess: {question.choices[guess]}. <strong>Answer: {question.choices[question.answer]}.</strong>
          </>
        )}
      </p>
      <p>{question.because}</p>
    </div>
  );
}

/** What the step waits for, and what to do where the run does not bring it. */
function Waiting({ step }: { readonly step: LessonStep }) {
  const lab = useLab();
  const run = useThrottledValue(
    useRun((state) => state),
    UPDATE_MS,
  );
  const since = useLesson((state) => state.since);
  if (step.question === undefined && isDoing(step.wait)) return null;
  const words = waitWords(step.wait, readPage(lab, since));
  const isMeasured = step.wait.some((condition) => 'signal' in condition);
  const { runState } = run;
  const hint =
    !isMeasured || runState === 'training' || run.intent !== null
      ? null
      : runState === 'paused'
        ? 'The run stands still: press Train.'
        : runState === 'finished' || runState === 'diverged'
          ? 'The run has ended: press Reset, then Train.'
          : null;
  return (
    <p className={classes.wait}>
      {words !== null && <>Waiting: {words}.</>} {hint}
    </p>
  );
}

/** The end of a lesson, with the one that follows. */
function End({ lesson, onLeave }: { readonly lesson: Lesson; onLeave(): void }) {
  const { lessons } = useLab();
  const at = LESSONS.findIndex(({ id }) => id === lesson.id);
  const following = at < 0 ? undefined : LESSONS[at + 1];
  return (
    <>
      <p className={classes.sentence}>That was the lesson.</p>
      <div className={classes.foot}>
        <Button size="compact-sm" variant="default" onClick={onLeave}>
          Close
        </Button>
        {following !== undefined && (
          <Button size="compact-sm" onClick={() => void lessons.beginWith(following)}>
            {following.title} · {following.minutes} min
          </Button>
        )}
      </div>
    </>
  );
}
