import { ActionIcon, Menu } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconGitBranch,
  IconLink,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconRepeat,
  IconTrash,
} from '@tabler/icons-react';
import { endOfRun } from '../../domain/runLength';
import { linkOfRun } from '../../session/archive/describeRun';
import { hasMoved } from '../../session/run/runStore';
import type { RunRecord } from '../../storage/runRecord';
import { useKeptRuns, useLab, useRun } from '../lab';
import { grouped } from '../numbers';
import type { RunListProps } from './RunParts';
import classes from './Runs.module.css';
import { useRunNames } from './useRunNames';

export interface RunActionsProps extends Pick<RunListProps, 'say' | 'fork'> {
  readonly run: RunRecord;
  /** Whether it is the run on the page, which can only be forked. */
  readonly live: boolean;
}

/** The menu of actions on a kept run. */
export function RunActions({ run, live, say, fork }: RunActionsProps) {
  const lab = useLab();
  const endsOne = useRun(hasMoved);
  const name = useRunNames()(run);
  const isKept = useKeptRuns(({ runs }) => runs.has(run.id));

  const copyLink = async () => {
    const address = new URL(window.location.href);
    address.hash = linkOfRun(run);
    try {
      await navigator.clipboard.writeText(address.href);
      say(`The link to “${name}” was copied. Opening it repeats this run.`);
    } catch {
      // No permission, or no secure context: the link is shown, to be copied by hand.
      say(`The link to “${name}”:`, address.href);
    }
  };
  const duplicate = () => {
    lab.open(`#${linkOfRun(run)}`);
    say(`The settings of “${name}” are loaded. Press Train to start a new run with them.`);
  };
  const longer = () => {
    const totalSteps = 2 * endOfRun(run.config, run.changes);
    const changes = run.changes.filter(([, key]) => key !== 'totalSteps');
    lab.open(`#${linkOfRun({ ...run, config: { ...run.config, totalSteps }, changes })}`);
    say(`The settings of “${name}” are loaded with ${grouped(totalSteps)} steps. Press Train to start the run.`);
  };
  const goOn = () => {
    say(null);
    lab.placeStore.setState({ place: 'train' });
    void lab.keptRuns.goOn(run.id);
  };
  const replay = async () => {
    if (await lab.frames.open(run.id)) lab.placeStore.setState({ place: 'train' });
    else say(`No outputs of “${name}” were kept.`);
  };
  const remove = () => {
    say(null);
    void lab.archive.remove(run.id);
  };

  if (live && !isKept) return null;
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${name}`} data-run-actions={run.id}>
          <IconDots size={17} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isKept && !live && (
          <Menu.Item leftSection={<IconPlayerTrackNext size={15} stroke={1.7} aria-hidden />} onClick={goOn}>
            Go on with it
            {endsOne && <div className={classes.aside}>The current run ends and is kept.</div>}
          </Menu.Item>
        )}
        {isKept && (
          <Menu.Item
            leftSection={<IconGitBranch size={15} stroke={1.7} aria-hidden />}
            onClick={() => {
              say(null);
              fork(run);
            }}
          >
            Go on from a step …
          </Menu.Item>
        )}
        {!live && (
          <>
            <Menu.Item
              leftSection={<IconPlayerPlay size={15} stroke={1.7} aria-hidden />}
              onClick={() => void replay()}
            >
              Replay its outputs
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={15} stroke={1.7} aria-hidden />} onClick={duplicate}>
              Start from these settings
              {endsOne && <div className={classes.aside}>The current run ends and is kept.</div>}
            </Menu.Item>
            <Menu.Item leftSection={<IconRepeat size={15} stroke={1.7} aria-hidden />} onClick={longer}>
              Again, twice as long
              {endsOne && <div className={classes.aside}>The current run ends and is kept.</div>}
            </Menu.Item>
            <Menu.Item leftSection={<IconLink size={15} stroke={1.7} aria-hidden />} onClick={() => void copyLink()}>
              Copy link
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={15} stroke={1.7} aria-hidden />} onClick={remove}>
              Delete
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
