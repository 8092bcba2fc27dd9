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

/** Something made of a kept run's checkpoint. */
export interface FromKept<T> {
  readonly made: T;
  /** Of the checkpoint. */
  readonly step: number;
  readonly pointer: RunPointer;
  /** The damaged checkpoints that were left out, each as the beginning of a sentence. */
  readonly damages: readonly string[];
}

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
  const { id, step, as } = from;
  const {
    made,
    step: at,
    pointer,
    damages,
  } = await fromKept(
    storage,
    { id, step, remedy: step === null ? START_OVER : 'Choose another step.' },
    (file, checkpoint) => resumedFrom(file, checkpoint, as !== id, resume),
  );
  if (step === null && at === pointer.last) makeLastChanges(made, pointer);
  const notes = damages.map((damage) => `${damage}; the run goes on from step ${at}.`);
  return { ...made, pointer, notes: [...notes, ...made.notes] };
}

/** A checkpoint of a kept run that is wanted. */
export interface WantedCheckpoint {
  readonly id: string;
  /** null for the last one that can be read. */
  readonly step: number | null;
  /** What the person can do where there is none, as a sentence. */
  readonly remedy: string;
}

/**
 * Makes something of the wanted checkpoint, or of the last one of which it can be made.
 * @param make throws UnusableFile saying what is wrong with the checkpoint
 * @throws CommandError `no-checkpoint` where there is none of use
 */
export async function fromKept<T>(
  storage: CheckpointStorage,
  wanted: WantedCheckpoint,
  make: (file: Uint8Array<ArrayBuffer>, checkpoint: Checkpoint) => Promise<T>,
): Promise<FromKept<T>> {
  try {
    return await firstReadable(storage, wanted, make);
  } catch (error) {
    if (error instanceof CheckpointError) throw new CommandError('no-checkpoint', error.message);
    if (!(error instanceof StorageError)) throw error;
    throw new CommandError(
      'no-checkpoint',
      'The browser gives no access to the checkpoints that it keeps for this page. Reload the page to try again.',
    );
  }
}

async function firstReadable<T>(
  storage: CheckpointStorage,
  { id, step, remedy }: WantedCheckpoint,
  make: (file: Uint8Array<ArrayBuffer>, checkpoint: Checkpoint) => Promise<T>,
): Promise<FromKept<T>> {
  const pointer = await storage.pointer(id);
  if (pointer === null) throw new CommandError('no-checkpoint', `This run has no checkpoint. ${remedy}`);
  const damages: string[] = [];
  for (const at of step === null ? stepsBack(pointer) : [step]) {
    try {
      const file = await storage.read(id, at);
      if (file === null) throw new UnusableFile('is missing');
      const checkpoint = readCheckpoint(file);
      if (checkpoint.step !== at) throw new UnusableFile(`is damaged: its content is of step ${checkpoint.step}`);
      return { made: await make(file, checkpoint), step: at, pointer, damages };
    } catch (error) {
      if (!(error instanceof UnusableFile)) throw error;
      damages.push(`The checkpoint after step ${at} ${error.message}`);
    }
  }
  const [first] = damages;
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

/** A run from a checkpoint and its bytes. */
async function resumedFrom(
  file: Uint8Array<ArrayBuffer>,
  checkpoint: Checkpoint,
  isFork: boolean,
  resume: (checkpoint: Checkpoint) => Promise<ResumedRun>,
): Promise<ResumedFile> {
  const { changes } = checkpoint;
  if (!isFork || changes.planned.length === 0) return { ...(await resume(checkpoint)), file };
  // A fork makes its own changes, not those that a link planned for its parent.
  const forked = { ...checkpoint, changes: { ...changes, planned: [] } };
  return { ...(await resume(forked)), file: writeCheckpoint(forked) };
}

/** Makes the changes that were made after the last checkpoint, before the next step. */
function makeLastChanges({ trainer }: ResumedRun, { changes, last }: RunPointer): void {
  const later = (change: LiveChange, i: number) => i >= trainer.changes.length && change[0] === last;
  for (const [, key, value] of changes.filter(later)) trainer.change(key, value);
}
