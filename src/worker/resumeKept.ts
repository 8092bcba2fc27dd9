import { counted } from '../domain/counted';
import type { LiveChange } from '../domain/runConfig';
import type { Checkpoint } from '../engine/run/checkpoint/checkpoint';
import { CheckpointError } from '../engine/run/checkpoint/checkpointError';
import { readCheckpoint, writeCheckpoint } from '../engine/run/checkpoint/checkpointFile';
import type { ResumedRun } from '../engine/run/checkpoint/resumeRun';
import { UnusableFile } from '../formats/unusableFile';
import type { CheckpointStorage } from '../storage/checkpointStorage';
import type { RunPointer } from '../storage/runPointer';
import { StorageError } from '../storage/runStorage';
import { CommandError } from './errors';

interface ResumedFile extends ResumedRun {
  /** The bytes of the checkpoint that the run began from. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/** A run that goes on from a checkpoint in the storage. */
export interface ResumedKept extends ResumedFile {
  /** Of the run whose checkpoint it is. */
  readonly pointer: RunPointer;
}

/** From which checkpoint of which run, and the id of the run that begins there: another one than `id` is a fork. */
export interface ResumedFrom {
  readonly id: string;
  /** null for the last one that can be read. */
  readonly step: number | null;
  readonly as: string;
}

const START_OVER = 'Start the run over with its settings, or choose another run.';

/**
 * Resumes a kept run from one of its checkpoints: the one after `from.step`, or the last one that can be read; those that cannot are named in
 * the notes and stay in the storage.
 * @param resume goes on from a checkpoint
 * @throws CommandError `no-checkpoint` when there is none, or its images are not those of the data set
 */
export async function resumeKept(
  storage: CheckpointStorage,
  from: ResumedFrom,
  resume: (checkpoint: Checkpoint) => Promise<ResumedRun>,
): Promise<ResumedKept> {
  try {
    return await firstReadable(storage, from, resume);
  } catch (error) {
    if (error instanceof CheckpointError) throw new CommandError('no-checkpoint', error.message);
    if (!(error instanceof StorageError)) throw error;
    throw new CommandError(
      'no-checkpoint',
      'The browser gives no access to the checkpoints that it keeps for this page. Reload the page to try again.',
    );
  }
}

async function firstReadable(
  storage: CheckpointStorage,
  { id, step, as }: ResumedFrom,
  resume: (checkpoint: Checkpoint) => Promise<ResumedRun>,
): Promise<ResumedKept> {
  const pointer = await storage.pointer(id);
  if (pointer === null) throw new CommandError('no-checkpoint', `This run has no checkpoint. ${START_OVER}`);
  const steps = step === null ? stepsBack(pointer) : [step];
  const damages: string[] = [];
  for (const at of steps) {
    const file = await storage.read(id, at);
    const outcome = file === null ? 'is missing' : await resumedFrom(file, at, as !== id, resume);
    if (typeof outcome !== 'string') {
      const notes = damages.map((damage) => `${damage}; the run goes on from step ${at}.`);
      if (step === null && at === pointer.last) makeLastChanges(outcome, pointer);
      return { ...outcome, pointer, notes: [...notes, ...outcome.notes] };
    }
    damages.push(`The checkpoint after step ${at} ${outcome}`);
  }
  const [first] = damages;
  const remedy = step === null ? START_OVER : 'Choose another step.';
  const all = damages.length > 1 ? `None of the run's ${counted(damages.length, 'checkpoint')} can be read. ` : '';
  throw new CommandError('no-checkpoint', `${all}${first}. ${remedy}`);
}

/** The steps of the checkpoints that a run may go on from, the last one first. */
function stepsBack({ steps, last }: RunPointer): number[] {
  return steps
    .map(({ step }) => step)
    .filter((step) => step <= last)
    .reverse();
}

/** A run from the bytes of a checkpoint; what is wrong with them where they cannot be used. */
async function resumedFrom(
  file: Uint8Array<ArrayBuffer>,
  step: number,
  isFork: boolean,
  resume: (checkpoint: Checkpoint) => Promise<ResumedRun>,
): Promise<ResumedFile | string> {
  try {
    const checkpoint = readCheckpoint(file);
    if (checkpoint.step !== step) return `is damaged: its content is of step ${checkpoint.step}`;
    const { changes } = checkpoint;
    if (!isFork || changes.planned.length === 0) return { ...(await resume(checkpoint)), file };
    // A fork makes its own changes, not those that a link planned for its parent.
    const forked = { ...checkpoint, changes: { ...changes, planned: [] } };
    return { ...(await resume(forked)), file: writeCheckpoint(forked) };
  } catch (error) {
    if (error instanceof UnusableFile) return error.message;
    throw error;
  }
}

/** Makes the changes that were made after the last checkpoint, before the next step. */
function makeLastChanges({ trainer }: ResumedRun, { changes, last }: RunPointer): void {
  const later = (change: LiveChange, i: number) => i >= trainer.changes.length && change[0] === last;
  for (const [, key, value] of changes.filter(later)) trainer.change(key, value);
}
