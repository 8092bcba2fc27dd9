import { Button, Popover, Progress, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { BottomLine } from '../../../domain/bottomLine';
import { useExploring, useLab } from '../../lab';
import { duration } from '../../numbers';
import classes from './BottomLine.module.css';
import { BottomLineDetails } from './BottomLineDetails';
import { VerdictMark } from './VerdictMark';
import { MEASURE_WORDS, shortAnswer, shortShare } from './verdicts';

/** Whether the embedding is better than the untrained network and than raw pixels, in the bar; details on demand. */
export function BottomLineChip() {
  const { exploring } = useLab();
  const measuring = useExploring((state) => state.measuring);
  if (measuring === null) return null;
  switch (measuring.kind) {
    case 'not measured':
      return (
        <div className={classes.place}>
          <Button size="compact-sm" variant="default" onClick={() => void exploring.embedding.measure()}>
            Measure this embedding
          </Button>
          <span className={classes.second}>about {duration(measuring.aboutMs / 1000)}</span>
        </div>
      );
    case 'being measured': {
      const { done, total } = measuring;
      return (
        <div className={classes.place}>
          <div className={classes.words}>
            <span className={classes.second}>Comparing with raw pixels and untrained</span>
            <Progress
              size={4}
              value={total === null || total === 0 ? 100 : (100 * done) / total}
              animated={total === null}
              aria-label="Progress of the measurement"
            />
          </div>
          <Button
            size="compact-sm"
            variant="default"
            aria-label="Cancel the measurement"
            onClick={() => exploring.embedding.cancel()}
          >
            Cancel
          </Button>
        </div>
      );
    }
    case 'measured':
      return <Measured line={measuring.line} />;
    case 'failed':
      return <Failed problem={measuring.problem} />;
    default:
      return measuring satisfies never;
  }
}

function Measured({ line }: { readonly line: BottomLine }) {
  const [opened, setOpened] = useState(false);
  const [{ measure, trained, given, untrained, rawPixels }] = line.comparisons;
  return (
    <Details opened={opened} onChange={setOpened} content={<BottomLineDetails line={line} />}>
      <UnstyledButton
        className={classes.chip}
        data-testid="bottom-line"
        data-verdict={line.verdict}
        onClick={() => setOpened(!opened)}
      >
        <VerdictMark verdict={line.verdict} />
        <span className={classes.words}>
          <b>{shortAnswer(line)}</b>
          <span className={classes.second}>
            {MEASURE_WORDS[measure]} {shortShare(trained.value)},{' '}
            {given === undefined ? `untrained ${shortShare(untrained.value)}` : `as it came ${shortShare(given.value)}`}
            , pixels {shortShare(rawPixels.value)}
          </span>
        </span>
      </UnstyledButton>
    </Details>
  );
}

function Failed({ problem }: { readonly problem: string }) {
  const { exploring } = useLab();
  const [opened, setOpened] = useState(false);
  return (
    <Details
      opened={opened}
      onChange={setOpened}
      content={
        <>
          <p className={classes.answer}>{problem}</p>
          <Button size="compact-sm" variant="default" onClick={() => void exploring.embedding.measure()}>
            Measure again
          </Button>
        </>
      }
    >
      <UnstyledButton className={classes.chip} onClick={() => setOpened(!opened)}>
        <IconAlertTriangle className={classes.mark} data-verdict="no" size={20} stroke={1.9} aria-hidden />
        <span className={classes.words}>
          <b>Not measured</b>
          <span className={classes.second}>why, and what to do</span>
        </span>
      </UnstyledButton>
    </Details>
  );
}

interface DetailsProps {
  readonly opened: boolean;
  onChange(opened: boolean): void;
  readonly content: ReactNode;
  readonly children: ReactNode;
}

function Details({ opened, onChange, content, children }: DetailsProps) {
  return (
    <Popover
      opened={opened}
      onChange={onChange}
      width="min(500px, calc(100vw - 24px))"
      position="bottom-end"
      transitionProps={{ duration: 0 }}
      trapFocus
      returnFocus
    >
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown className={classes.details}>{content}</Popover.Dropdown>
    </Popover>
  );
}
