import type { DatasetIdentity, RunParent } from '../../domain/keptRun';
import type { ProbeEvaluation } from '../../domain/probeEvaluation';
import type { LiveKey, LiveValue } from '../../domain/runConfig';

/** The checkpoint that the next run begins from, in place of step 0. */
export interface Beginning {
  /** Of which kept run; its last one where `step` is null. */
  readonly from: { readonly id: string; readonly step: number | null };
  /** The id that the run is kept under: that of `from` where that run goes on, another one for a fork. */
  readonly keptId: string;
  readonly parent: RunParent | null;
  /** The images that the run needs. */
  readonly dataset: DatasetIdentity;
  /** The last linear evaluation of the run that goes on. */
  readonly evaluation: ProbeEvaluation | null;
  /** What a fork changes at once. */
  readonly changes: readonly (readonly [key: LiveKey, value: LiveValue])[];
}

/** A new id to keep a run under. */
export function newKeptId(): string {
  // `randomUUID` exists on secure pages only.
  const random = crypto.getRandomValues(new Uint32Array(2));
  return [Date.now(), ...random].map((part) => part.toString(36)).join('-');
}
