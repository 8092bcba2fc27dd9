import type { DatasetIdentity, KeptStep, RunParent } from '../domain/keptRun';
import type { LiveChange, RunConfig } from '../domain/runConfig';

export interface RunPointer {
  readonly id: string;
  readonly config: RunConfig;
  readonly changes: readonly LiveChange[];
  readonly dataset: DatasetIdentity;
  readonly parent: RunParent | null;
  readonly steps: readonly KeptStep[];
  readonly written: number;
}

export interface CheckpointStorage {
  pointers(): Promise<readonly RunPointer[]>;
}
