import { Button, Progress } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { formatBytes } from '../../formats/bytes';
import type { FileInMaking } from '../../session/taking/taking';
import { FILE_NAMES, type FileId } from '../../session/taking/wantedFile';
import { useLab, useRun, useTaking } from '../lab';
import { grouped } from '../numbers';
import classes from './FileList.module.css';

interface FileRowProps {
  readonly id: FileId;
  /** A word on what it is for. */
  readonly use: ReactNode;
  /** Its size before it is made, in words; null where it is not known. */
  readonly size: string | null;
  /** Why it cannot be made; null where it can. */
  readonly reason: string | null;
  /** Whether training waits for it. */
  readonly holdsTraining: boolean;
  onSave(): void;
}

/** A file: its name, what it is for, and the button that makes and saves it. Progress and problems take the place of what it is for. */
export function FileRow({ id, use, size, reason, holdsTraining, onSave }: FileRowProps) {
  const { taking } = useLab();
  const making = useTaking((state) => (state.making?.id === id ? state.making : null));
  const isOtherMade = useTaking((state) => state.making !== null && state.making.id !== id);
  const outcome = useTaking((state) => state.outcomes[id]);
  const noteId = useId();
  const name = FILE_NAMES[id];
  const isMade = making !== null;
  const isSaved = outcome?.kind === 'saved';
  const problem = outcome?.kind === 'problem' ? outcome.words : null;
  const note = isMade ? null : isSaved ? `saved, ${formatBytes(outcome.bytes)}` : size;
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <p className={classes.name}>
          <span>{name}</span>
          {note !== null && <span className={isSaved ? classes.saved : classes.size}>{note}</span>}
        </p>
        <div className={classes.second} id={noteId}>
          {/* Keeps its room while something else is said. */}
          <p className={classes.use} data-covered={isMade || (problem !== null && reason === null) || undefined}>
            {reason ?? use}
          </p>
          {isMade && <Making {...making} holdsTraining={holdsTraining} />}
          {!isMade && reason === null && problem !== null && <p className={classes.problem}>{problem}</p>}
        </div>
      </div>
      {/* One button for both, so that it keeps the focus. */}
      <Button
        className={classes.button}
        variant="default"
        size="sm"
        aria-label={isMade ? `Cancel ${name}` : `Save ${name}`}
        aria-describedby={noteId}
        disabled={!isMade && (reason !== null || isOtherMade)}
        data-disabled={making?.isEnding || undefined}
        onClick={() => (isMade ? taking.cancel() : onSave())}
      >
        {isMade ? 'Cancel' : 'Save'}
      </Button>
    </li>
  );
}

interface MakingProps extends FileInMaking {
  readonly holdsTraining: boolean;
}

/** How far a file is. A project embeds its images and writes them, so that a count would not be that of the images. */
function doneWords(id: FileId, done: number, total: number | null): string {
  if (total === null) return 'Being made';
  if (id === 'project') return `${Math.round((100 * done) / Math.max(1, total))} %`;
  return `${grouped(done)} of ${grouped(total)} ${id === 'figure' ? 'files' : 'images'}`;
}

function Making({ id, done, total, isEnding, holdsTraining }: MakingProps) {
  const isTraining = useRun((run) => run.runState === 'training');
  return (
    <div className={classes.making}>
      <p className={classes.use}>
        {isEnding ? 'Being cancelled' : doneWords(id, done, total)}
        {isTraining && holdsTraining && ' · training waits'}
      </p>
      {total !== null && <Progress size={3} value={(100 * done) / Math.max(1, total)} aria-label="Progress" />}
    </div>
  );
}
