import { Alert, Button, Progress, SegmentedControl, VisuallyHidden } from '@mantine/core';
import { differingPaths } from '../../domain/fields';
import { SUIT_MINUTES, type SuitTable as Table } from '../../domain/suiting/suitTable';
import { type SuitVerdict, suitVerdict } from '../../domain/suiting/verdict';
import { startProblem } from '../../session/run/startProblem';
import { useDataset, useLab, useRun, useSuiting } from '../lab';
import { duration } from '../numbers';
import classes from './Suit.module.css';
import { SuitTable } from './SuitTable';
import { restsOn, taskInWords, verdictInWords } from './words';

/** The search for settings: how long it may take, its progress, the evidence and the verdict. */
export function SuitPanel() {
  const table = useSuiting((state) => state.table);
  const problem = useSuiting((state) => state.problem);
  const isRunning = useSuiting((state) => state.isRunning);
  const hasPlan = table !== null && table.rounds.length > 0;
  const verdict = table !== null && table.ending !== null && !isRunning ? suitVerdict(table) : null;
  const chosen = verdict?.kind === 'ahead' || verdict?.kind === 'own-diverged' ? verdict.entry : null;
  return (
    <div className={classes.panel}>
      <p className={classes.intro}>
        Short runs on your images try other methods, learning rates, crops and batches; the better half is trained for
        longer in the next round. Your settings take part in every round. The run on the page waits meanwhile.
      </p>
      <Start />
      {isRunning && <Task table={table} />}
      {problem !== null && (
        <Alert color="gray" role="alert">
          {problem}
        </Alert>
      )}
      {/* Always there, since screen readers announce only changes of an element that they know. */}
      <div role="status">
        {table !== null && verdict !== null && <Verdict table={table} verdict={verdict} chosen={chosen} />}
      </div>
      {hasPlan && <SuitTable table={table} chosen={chosen} />}
    </div>
  );
}

/** The choice of the time, with one button for start and end, so that it keeps the focus. */
function Start() {
  const { suiting } = useLab();
  const minutes = useSuiting((state) => state.minutes);
  const isRunning = useSuiting((state) => state.isRunning);
  const config = useRun((run) => run.config);
  const problem = useDataset((data) => startProblem(config, data));
  return (
    <div className={classes.start}>
      <SegmentedControl
        aria-label="Time for the search"
        value={String(minutes)}
        disabled={isRunning}
        data={SUIT_MINUTES.map((choice) => ({
          value: String(choice),
          label: choice === 1 ? '1 minute' : `${choice} minutes`,
        }))}
        onChange={(value) => {
          const choice = SUIT_MINUTES.find((one) => String(one) === value);
          if (choice !== undefined) suiting.choose(choice);
        }}
      />
      <Button
        variant={isRunning ? 'default' : 'filled'}
        disabled={!isRunning && problem !== null}
        onClick={() => (isRunning ? suiting.cancel() : void suiting.start())}
      >
        {isRunning ? 'Cancel' : 'Start'}
      </Button>
      {problem !== null && !isRunning && <p className={classes.note}>{problem}</p>}
    </div>
  );
}

function Task({ table }: { readonly table: Table | null }) {
  const minutes = useSuiting((state) => state.minutes);
  const secondsLeft = table?.secondsLeft ?? null;
  const seconds = 60 * minutes;
  const words = table === null ? 'Waiting for the step under way' : taskInWords(table);
  return (
    <div className={classes.task}>
      <Progress
        value={secondsLeft === null ? 0 : (100 * (seconds - secondsLeft)) / seconds}
        aria-label="Progress of the search"
      />
      <p className={classes.note}>
        {words}
        {secondsLeft !== null && <span className={classes.left}>{duration(secondsLeft)} left</span>}
      </p>
      <VisuallyHidden role="status">{words}</VisuallyHidden>
    </div>
  );
}

interface VerdictProps {
  readonly table: Table;
  readonly verdict: SuitVerdict;
  /** The candidate that can be applied; null where none is better. */
  readonly chosen: number | null;
}

function Verdict({ table, verdict, chosen }: VerdictProps) {
  const { suiting } = useLab();
  const config = useRun((run) => run.config);
  const rests = restsOn(verdict, table);
  const isOf = (entry: number | null) =>
    entry !== null && differingPaths(config, table.entries[entry].config).length === 0;
  const isApplied = isOf(chosen);
  return (
    <div className={classes.verdict}>
      <p>
        <b data-testid="suit-verdict">{verdictInWords(verdict, table)}</b> {rests}
      </p>
      {chosen !== null && (
        <div className={classes.apply}>
          {/* One button for both, so that it keeps the focus. */}
          <Button variant="default" size="xs" onClick={() => void suiting.apply(isApplied ? 0 : chosen)}>
            {isApplied ? 'Back to the settings before' : 'Apply these settings'}
          </Button>
          <span className={classes.note}>
            {isApplied
              ? 'A new run has them. The run before is in the table of runs, under Compare.'
              : `Builds a new run; the present one is kept.${isOf(0) ? '' : ' Your settings have changed since the search.'}`}
          </span>
        </div>
      )}
    </div>
  );
}
