import { type DatasetIdentity, datasetSchema, type KeptStep, type RunParent } from '../domain/keptRun';
import { liveChangeSchema } from '../domain/measurementSchemas';
import type { LiveChange, RunConfig } from '../domain/runConfig';
import { CURRENT_VERSION, isVersion } from '../domain/versions/registry';
import { storedConfig } from '../domain/versions/storedConfig';
import { z } from '../domain/zod';
import { parentSchema } from './runRecord';

/**
 * Why a checkpoint is kept although the run has gone on. `fork`: forks begin there; `change`: a setting changed there in flight; `power`: it
 * is the first at or after a power of two.
 */
export const KEPT_FOR = ['fork', 'change', 'power'] as const;
export type KeptFor = (typeof KEPT_FOR)[number];

/** A checkpoint of a run; one that is kept for nothing is the run's last, or one that could not be read. */
export interface PointedStep extends KeptStep {
  readonly keptFor: readonly KeptFor[];
}

/** Which checkpoints a kept run has, and what is needed to open it without reading one. */
export interface RunPointer {
  /** Always the current version when written; it says which defaults the settings have. */
  readonly version: number;
  readonly id: string;
  /** The settings at step 0. */
  readonly config: RunConfig;
  /** Changes made in flight up to `last`, also those made after its checkpoint was taken, before the next step. */
  readonly changes: readonly LiveChange[];
  readonly dataset: DatasetIdentity;
  readonly parent: RunParent | null;
  /** By rising steps. */
  readonly steps: readonly PointedStep[];
  /** The step of the checkpoint that the run goes on from. It may lie before others: a diverged run goes back to its good weights. */
  readonly last: number;
  /** Milliseconds since 1970. */
  readonly written: number;
}

const count = z.int().min(0);

const step = z.object({
  step: count,
  bytes: count,
  keptFor: z.array(z.enum(KEPT_FOR)),
}) satisfies z.ZodType<PointedStep>;

const pointerSchema = z
  .object({
    version: z.number().refine(isVersion),
    id: z.string().min(1),
    config: z.unknown(),
    changes: z.array(liveChangeSchema),
    dataset: datasetSchema,
    parent: parentSchema.nullable(),
    steps: z.array(step).min(1),
    last: count,
    written: z.number(),
  })
  .refine(({ steps }) => steps.every(({ step }, i) => i === 0 || step > (steps[i - 1]?.step ?? step)))
  .refine(({ steps, last }) => steps.some(({ step }) => step === last))
  .transform((pointer, context): RunPointer => {
    const config = storedConfig(pointer.config, pointer.version);
    if (config !== null) return { ...pointer, version: CURRENT_VERSION, config };
    context.addIssue('not the settings of a run');
    return z.NEVER;
  });

/** A stored value as a pointer; null when it is damaged or of a later version of the page. */
export function parsePointer(stored: unknown): RunPointer | null {
  const parsed = pointerSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** When the run of a stored pointer was deleted, in milliseconds since 1970; null where it was not. The deletion can still be undone. */
export function deletedAt(stored: unknown): number | null {
  if (typeof stored !== 'object' || stored === null || !('deleted' in stored)) return null;
  return typeof stored.deleted === 'number' ? stored.deleted : null;
}

/** A stored pointer with the mark of a deletion that can still be undone; null where the value is no pointer. */
export function markDeleted(stored: unknown, deleted: number): unknown {
  return typeof stored === 'object' && stored !== null ? { ...stored, deleted } : null;
}

/** A stored pointer without that mark. */
export function unmarkDeleted(stored: object): unknown {
  return Object.fromEntries(Object.entries(stored).filter(([key]) => key !== 'deleted'));
}

/** Bytes of the checkpoints of a stored pointer, also of one that is otherwise unreadable. */
export function bytesOf(stored: unknown): number {
  if (typeof stored !== 'object' || stored === null || !('steps' in stored) || !Array.isArray(stored.steps)) return 0;
  return stored.steps.reduce((sum: number, entry: unknown) => sum + bytesOfStep(entry), 0);
}

function bytesOfStep(entry: unknown): number {
  if (typeof entry !== 'object' || entry === null || !('bytes' in entry)) return 0;
  return typeof entry.bytes === 'number' && entry.bytes >= 0 ? entry.bytes : 0;
}
