import { Button, Progress } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { formatBytes } from '../../formats/bytes';
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
          {name}
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

interface MakingProps {
  readonly done: number;
  readonly total: number | null;
  readonly isEnding: boolean;
  readonly holdsTraining: boolean;
}

function Making({ done, total, isEnding, holdsTraining }: MakingProps) {
  const isTraining = useRun((run) => run.runState === 'training');
  const count = total === null ? 'Being made' : `${grouped(done)} of ${grouped(total)}`;
  const words = isEnding ? 'Being cancelled' : count;
  return (
    <div className={classes.making}>
      <p className={classes.use}>
        {words}
        {isTraining && holdsTraining && ' · training waits'}
      </p>
      {total !== null && <Progress size={3} value={(100 * done) / Math.max(1, total)} aria-label="Progress" />}
    </div>
  );
}
