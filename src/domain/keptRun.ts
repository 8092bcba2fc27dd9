import { type Derivation, derivationSchema } from './derivation';
import { type FolderCorrections, folderCorrections } from './folderCorrections';
import { SAMPLE_IDS, type SampleId } from './imageDataset';
import { z } from './zod';

/** The data set of a run, without its images. */
export interface DatasetIdentity {
  readonly name: string;
  readonly count: number;
  /** The sample, whose version is in the settings; null for a person's own images. */
  readonly sample: SampleId | null;
  /** Fingerprint of a person's own images; null for a sample. */
  readonly fingerprint: string | null;
  /** The person's corrections of what its folders are taken for, where there are any. */
  readonly corrections?: FolderCorrections | undefined;
  /** How the images are derived from those of the sample or of the folder; left out where they are these. */
  readonly derivation?: Derivation | undefined;
}

/** An identity as it is stored. */
export const datasetSchema = z.object({
  name: z.string(),
  count: z.int().min(0),
  sample: z.enum(SAMPLE_IDS).nullable(),
  fingerprint: z.string().nullable(),
  corrections: folderCorrections.optional(),
  derivation: derivationSchema.optional(),
}) satisfies z.ZodType<DatasetIdentity>;

/** The checkpoint that a fork began from: of which kept run, after how many updates. */
export interface RunParent {
  readonly id: string;
  readonly step: number;
}

/** How the worker keeps a run, so that it outlives the page. */
export interface RunKeeping {
  /** The id that the run is kept under, also among the records of runs. */
  readonly id: string;
  /** null for a run that began at step 0. */
  readonly parent: RunParent | null;
  readonly dataset: DatasetIdentity;
  /** Steps whose checkpoints are kept whatever else is, since forks will begin there. */
  readonly forksAt: readonly number[];
  /** Bytes that the checkpoints of all runs may take. */
  readonly budget: number;
}

/** A checkpoint in the storage. */
export interface KeptStep {
  readonly step: number;
  readonly bytes: number;
}

/**
 * Why not everything was kept. `full`: the browser gives no more space; `unavailable`: it stores nothing for this page; `over-budget`: the
 * checkpoints of all runs take more than the person allows, so that only the last one of this run is kept.
 */
export type KeepingProblem = 'full' | 'unavailable' | 'over-budget';

/** What is kept of the run on the page. */
export interface KeptWeights {
  /** By rising steps. */
  readonly steps: readonly KeptStep[];
  readonly problem: KeepingProblem | null;
}
