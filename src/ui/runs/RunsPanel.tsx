import { Button, CloseButton, Text, TextInput } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconDownload } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { csvOf } from '../../formats/csv';
import { runName } from '../../session/archive/describeRun';
import type { RunRecord } from '../../storage/runRecord';
import { useArchive, useLab } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import { saveCsv } from '../save/saveFile';
import { ForkForm } from './ForkForm';
import { RunCards } from './RunCards';
import type { RunListProps } from './RunParts';
import classes from './Runs.module.css';
import { RunsTable } from './RunsTable';
import { runsTable } from './runColumns';
import { WeightsKept } from './WeightsKept';

/** How many of the latest runs are listed at first: enough to compare, few enough to render quickly. */
const LISTED = 20;

/** Widths in pixels: below the first, runs are cards; then a table, with their lines on a step axis, with a column of differences. */
const [TABLE, LINED_TABLE, WIDE_TABLE] = [560, 720, 1100];

/** The current run and all kept runs, with their differing settings and their results. */
export function RunsPanel() {
  const lab = useLab();
  const runs = useArchive((archive) => archive.runs);
  const live = useArchive((archive) => archive.live !== null);
  const loaded = useArchive((archive) => archive.loaded);
  const { ref, width } = useElementSize();
  const [said, setSaid] = useState<{ readonly text: string; readonly link: string | undefined } | null>(null);
  const say = useCallback<RunListProps['say']>((text, link) => setSaid(text === null ? null : { text, link }), []);
  const [forked, setForked] = useState<RunRecord | null>(null);
  const [all, setAll] = useState(false);
  const listed = all ? runs : runs.slice(0, LISTED);
  const empty = runs.length === 0 && !live;

  const save = () => {
    const current = lab.archive.current();
    const all = current === null ? runs : [current, ...runs];
    saveCsv('runs', csvOf(runsTable(all, window.location.href)));
  };

  return (
    <Section
      part="runs"
      title="Runs"
      note="tick two or more to lay them over each other"
      aside={
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={14} stroke={1.7} aria-hidden />}
          disabled={empty}
          onClick={save}
        >
          Save as CSV
        </Button>
      }
    >
      <div ref={ref} className={classes.runs}>
        <Deleted />
        {said !== null && (
          <div className={classes.said}>
            <Text size="sm" role="status">
              {said.text}
            </Text>
            {said.link !== undefined && (
              <TextInput
                className={classes.link}
                size="xs"
                readOnly
                aria-label="Link to the run"
                value={said.link}
                onFocus={(event) => event.currentTarget.select()}
              />
            )}
            <CloseButton size="sm" aria-label="Close this message" onClick={() => setSaid(null)} />
          </div>
        )}
        {forked !== null && <ForkForm key={forked.id} run={forked} onDone={() => setForked(null)} />}
        {empty && loaded && (
          <Text size="sm" c="dimmed">
            No runs yet. Press Train, then change a setting and train again: each run is kept here with its settings and
            curves, for comparison.
          </Text>
        )}
        {!empty &&
          width > 0 &&
          (width < TABLE ? (
            <RunCards runs={listed} {...{ live, say }} fork={setForked} />
          ) : (
            <RunsTable
              runs={listed}
              {...{ live, say }}
              fork={setForked}
              lined={width >= LINED_TABLE}
              wide={width >= WIDE_TABLE}
            />
          ))}
        {listed.length < runs.length && (
          <Button size="compact-sm" variant="default" onClick={() => setAll(true)}>
            Show {grouped(runs.length - listed.length)} older {runs.length - listed.length === 1 ? 'run' : 'runs'}
          </Button>
        )}
        {runs.length === 0 && live && (
          <Text size="sm" c="dimmed">
            When the next run starts, this one is kept here for comparison.
          </Text>
        )}
        <Kept />
        <WeightsKept />
      </div>
    </Section>
  );
}

/** The run that was deleted last, with a button to restore it. */
function Deleted() {
  const lab = useLab();
  const deleted = useArchive((archive) => archive.deleted);
  const undo = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const count = useRef(deleted.length);
  const [last] = deleted;

  // The deleted row had the focus: move it to Undo.
  useEffect(() => {
    if (deleted.length > count.current) undo.current?.focus();
    count.current = deleted.length;
  }, [deleted]);

  if (last === undefined) return null;
  const bringBack = async () => {
    const place = box.current?.parentElement;
    await lab.archive.restore();
    place?.querySelector<HTMLElement>(`[data-run-actions="${last.id}"]`)?.focus();
  };
  return (
    <div ref={box} className={classes.said}>
      <Text size="sm" role="status">
        “{runName(last)}” was deleted.
      </Text>
      <Button ref={undo} size="compact-sm" variant="default" onClick={() => void bringBack()}>
        Undo
      </Button>
      <CloseButton size="sm" aria-label="Close this message" onClick={() => lab.archive.forgetDeleted()} />
    </div>
  );
}

/** Whether runs are stored, and how many could not be read. */
function Kept() {
  const lab = useLab();
  const problem = useArchive((archive) => archive.problem);
  const unreadable = useArchive((archive) => archive.unreadable);
  return (
    <>
      {unreadable > 0 && (
        <div className={classes.said}>
          <Text size="sm">
            {unreadable === 1 ? 'One more run cannot' : `${grouped(unreadable)} more runs cannot`} be read: damaged, or
            saved by another version of this page.
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => void lab.archive.removeUnreadable()}>
            Delete {unreadable === 1 ? 'it' : 'them'}
          </Button>
        </div>
      )}
      {problem !== null && (
        <Text size="sm" c="dimmed">
          {problem === 'full'
            ? 'Storage is full: new runs are lost when the page is closed.'
            : 'This browser does not store data for this page: runs are lost when it is closed.'}
        </Text>
      )}
    </>
  );
}
