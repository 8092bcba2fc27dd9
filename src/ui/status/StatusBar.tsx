import { Button, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { areEnough, fittingBatch } from '../../domain/runProblems';
import { useDataset, useLab, useRun } from '../lab';
import { LessonOffer, useIsOffered } from '../lessons/LessonOffer';
import { EngineProblem } from './EngineProblem';
import { GoBack, MoreSteps } from './GoOn';
import classes from './Status.module.css';
import { StatusDetails } from './StatusDetails';
import { useStatus } from './useStatus';

const ICONS = { plain: IconInfoCircle, good: IconCircleCheck, warning: IconAlertTriangle } as const;

/** The numbers in the line change at most four times a second, so that they can be read. */
const UPDATE_MS = 250;

/** One line of a fixed height: the state of the run and the numbers that show it. What to do stands behind a button. */
export function StatusBar() {
  const { run, problem, status } = useStatus(UPDATE_MS);
  const { state, tone, title, text, advice, announced } = status;
  // Who has not trained yet is offered to see what the explanation would say.
  const isOffered = useIsOffered() && state === 'ready';
  const Icon = ICONS[tone];
  return (
    <>
      <section
        className={classes.bar}
        aria-label="State of the run"
        data-testid="status"
        data-part="status"
        data-state={state}
        data-tone={tone}
      >
        <Icon className={classes.icon} size={20} stroke={1.8} aria-hidden />
        {/* A new element for each title: a sentence that a longer title moves aside would be a layout shift. */}
        <p key={title} className={classes.words}>
          <strong>{title}</strong> {text}
        </p>
        {problem !== null && run.active === null && <SmallerBatch />}
        <GoBack run={run} />
        <MoreSteps run={run} place="line" />
        {state === 'failed' ? (
          <StatusDetails key="failed" label="Help" opensItself>
            <EngineProblem />
          </StatusDetails>
        ) : (
          advice.length > 0 &&
          (isOffered ? (
            <LessonOffer />
          ) : (
            <StatusDetails key="advice" label="Why?">
              {advice.map((paragraph) => (
                <p key={paragraph}>{paragraph}</p>
              ))}
              <MoreSteps run={run} place="details" />
            </StatusDetails>
          ))
        )}
      </section>
      {/* Apart from the line, whose numbers a screen reader need not read out again and again. */}
      <VisuallyHidden role="status" aria-live="polite">
        {announced}
      </VisuallyHidden>
    </>
  );
}

/** Offers the largest batch size that the images allow, where they are too few for the current one. */
function SmallerBatch() {
  const lab = useLab();
  const batchSize = useRun((run) => run.config.batchSize);
  const info = useDataset((data) => data.info);
  const images = useMemo(() => (info === null ? 0 : indicesOf(info, TRAIN).length), [info]);
  const fitting = fittingBatch(images);
  if (info === null || fitting === null || areEnough(images, batchSize)) return null;
  return (
    <Button
      className={classes.action}
      size="compact-sm"
      variant="default"
      onClick={() => lab.set('batchSize', fitting)}
    >
      Use a batch size of {fitting}
    </Button>
  );
}
