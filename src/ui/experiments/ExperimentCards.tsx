import { Button, UnstyledButton } from '@mantine/core';
import { IconCheck, IconPlayerPlayFilled } from '@tabler/icons-react';
import type { Experiment } from '../../domain/experiments/experiment';
import { EXPERIMENTS } from '../../domain/experiments/registry';
import { progressOf } from '../../session/experiments/experimentStore';
import { useExperiment } from '../lab';
import { ClaimPicture } from './ClaimPicture';
import classes from './ExperimentCards.module.css';

interface ExperimentCardsProps {
  readonly chosen: Experiment;
  readonly seeds: number;
  /** Why no experiment can start now; null when one can. */
  readonly isStartable: boolean;
  onChoose(experiment: Experiment): void;
  onStart(experiment: Experiment): void;
}

/** “Figure 2: stop-gradient” is the subject “Stop-gradient”. */
function subjectOf({ title }: Experiment): string {
  const subject = title.replace(/^[^:]*: /, '');
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}

/** The paper's experiments as cards: the claim of each as a picture, and a button that runs it. */
export function ExperimentCards({ chosen, seeds, isStartable, onChoose, onStart }: ExperimentCardsProps) {
  return (
    <ul className={classes.cards} aria-label="Experiments to run">
      {EXPERIMENTS.map((experiment) => (
        <li key={experiment.name} className={classes.card} data-chosen={experiment === chosen || undefined}>
          <UnstyledButton
            className={classes.choose}
            aria-pressed={experiment === chosen}
            aria-label={experiment.title}
            onClick={() => onChoose(experiment)}
          >
            <ClaimPicture runs={experiment.runs} />
            <span className={classes.words}>
              <strong>{subjectOf(experiment)}</strong>
              <span className={classes.source}>{experiment.source}</span>
            </span>
          </UnstyledButton>
          <div className={classes.foot}>
            <CardState experiment={experiment} />
            <Button
              size="compact-xs"
              variant="subtle"
              disabled={!isStartable}
              leftSection={<IconPlayerPlayFilled size={10} aria-hidden />}
              aria-label={`Run ${experiment.title}: ${experiment.runs.length} runs with ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`}
              onClick={() => onStart(experiment)}
            >
              {experiment.runs.length} × {seeds}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}

function CardState({ experiment }: { readonly experiment: Experiment }) {
  const isOwn = useExperiment((state) => state.experiment === experiment);
  const phase = useExperiment((state) => state.phase);
  const runs = useExperiment((state) => state.runs);
  if (!isOwn || phase === 'idle') return <span />;
  if (phase === 'running') {
    const { index, of } = progressOf(runs, 0);
    return <span className={classes.state}>{index === null ? '' : `run ${index + 1} of ${of}`}</span>;
  }
  return (
    <span className={classes.state}>
      {phase === 'done' && <IconCheck size={13} aria-hidden />} {phase}
    </span>
  );
}
