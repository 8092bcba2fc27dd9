import { Checkbox } from '@mantine/core';
import type { RunParent } from '../../domain/keptRun';
import { MAX_OVERLAYS } from '../../session/archive/archiveStore';
import { differencesOf } from '../../session/archive/describeRun';
import type { RunRecord } from '../../storage/runRecord';
import { LineSample } from '../charts/LineSample';
import { LIVE_STYLES, overlayStyle } from '../charts/lineStyles';
import { useArchive, useLab } from '../lab';
import { grouped } from '../numbers';
import classes from './Runs.module.css';
import { outcomeOf, recipeOf, whenWords } from './runColumns';
import { useRunNames } from './useRunNames';

/** Differences listed in full; the rest are counted. */
const SPELLED_OUT = 5;

/** The props of both the table and the cards. */
export interface RunListProps {
  readonly runs: readonly RunRecord[];
  /** Whether the first run is the one on the page. */
  readonly live: boolean;
  /** Shows a message about what was done; null removes the last one. */
  readonly say: (text: string | null, link?: string) => void;
  /** Asks from which step of a run to go on. */
  readonly fork: (run: RunRecord) => void;
}

interface RunPartProps {
  readonly run: RunRecord;
}

/** The checkbox that lays a run over the charts, with a sample of its line. */
export function RunTick({ run }: RunPartProps) {
  const lab = useLab();
  const name = useRunNames()(run);
  const slot = useArchive(({ overlays }) => overlays.find(({ id }) => id === run.id)?.slot);
  const full = useArchive(({ overlays }) => overlays.length >= MAX_OVERLAYS);
  const shown = slot !== undefined;
  return (
    <span className={classes.tick} title={full && !shown ? `At most ${MAX_OVERLAYS} runs at once` : undefined}>
      <Checkbox
        size="xs"
        aria-label={`Show ${name} on the charts`}
        checked={shown}
        disabled={full && !shown}
        onChange={() => void lab.archive.toggle(run.id)}
      />
      {shown && <LineSample style={overlayStyle(slot)} />}
    </span>
  );
}

/** The sample of the line of the run on the page, in place of a checkbox, since it is always drawn. */
export function LiveTick() {
  return (
    <span className={classes.tick} title="This run is always drawn">
      <span className={classes.noTick} />
      <LineSample style={LIVE_STYLES.main} strong />
    </span>
  );
}

/** Method, preset, data, start time and outcome. */
export function RunFacts({ run, live }: RunPartProps & { readonly live: boolean }) {
  const { text, warning } = outcomeOf(run);
  const isElsewhere = useArchive(({ elsewhere }) => elsewhere.has(run.id));
  const outcome = isElsewhere ? 'goes on in another tab' : live && !warning ? 'this run' : text;
  return (
    <div className={classes.facts}>
      {recipeOf(run)} · <time dateTime={new Date(run.created).toISOString()}>{whenWords(run.created, Date.now())}</time>{' '}
      · {run.parent !== null && <ForkedFrom parent={run.parent} />}
      <span className={warning && !isElsewhere ? classes.warning : undefined}>{outcome}</span>
    </div>
  );
}

/** “from step 409 of SimSiam · tiny · ” */
function ForkedFrom({ parent: { id, step } }: { readonly parent: RunParent }) {
  const nameOf = useRunNames();
  const parent = useArchive(({ runs }) => runs.find((run) => run.id === id));
  const name = parent === undefined ? 'a run that was deleted' : `“${nameOf(parent)}”`;
  return (
    <>
      from step {grouped(step)} of {name} ·{' '}
    </>
  );
}

/** The differences from the preset's values. */
export function Differences({ run }: RunPartProps) {
  const differences = differencesOf(run);
  if (differences.length === 0) return <span className={classes.nothing}>the preset’s settings</span>;
  const rest = differences.slice(SPELLED_OUT);
  return (
    <ul className={classes.differences}>
      {differences.slice(0, SPELLED_OUT).map(({ key, text }) => (
        <li key={key}>{text}</li>
      ))}
      {rest.length > 0 && <li title={rest.map(({ text }) => text).join('\n')}>and {grouped(rest.length)} more</li>}
    </ul>
  );
}
