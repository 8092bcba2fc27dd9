import type { EngineInfo } from '../../../domain/engineInfo';
import type { RunConfig } from '../../../domain/runConfig';
import type { WarmStart } from '../../../domain/warmStart';
import type { Normalisation } from '../../kernels/augment/normalisation';
import type { RunDiagnosisState } from '../../monitors/diagnosis';
import type { FramePoses } from '../../monitors/outputFrames';
import type { ChangesState } from '../changesInFlight';
import type { ChosenKernels } from '../kernelChoice';
import type { Reported } from '../reports';
import type { DatasetPrint } from './datasetPrint';

/** The engine that computed a run, as far as the last bits of its numbers depend on it, and its threads. */
export type CheckpointEngine = Pick<EngineInfo, 'engine' | 'description' | 'features' | 'threads'>;

/** A tensor's values, row-major. */
export interface TensorValues {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** What a run's images are measured with. */
export interface MeasuredWith {
  /** Mean and biased variance [C] of every BN layer of encoder and projector, by the name of the moving statistic that it takes the place of. */
  readonly statistics: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  readonly normalisation: Normalisation;
}

/**
 * A run after a step as one plain value, from which it goes on as if it had not been interrupted: everything that its next steps depend on
 * apart from the images, and what it has reported. The precision is one of the settings.
 */
export interface Checkpoint {
  /** Finished updates. */
  readonly step: number;
  readonly config: RunConfig;
  readonly changes: ChangesState;
  readonly engine: CheckpointEngine;
  readonly dataset: DatasetPrint;
  /** The weights that the backbone began with; left out where it began with random ones. The run does not need them to go on. */
  readonly warmStart?: WarmStart | undefined;
  /** Names of kernel variants by the class of shapes that they compute; empty where none were chosen. */
  readonly kernels: ChosenKernels;
  readonly diagnosis: RunDiagnosisState;
  /** The step (counted from 0) of the first targets that alternating optimisation holds; null without it. */
  readonly heldFrom: number | null;
  /**
   * By name: `parameters/NAME` (weights, moving statistics, what the method remembers), `momentum/NAME`, `probe/weight` and
   * `probe/velocity` of the linear probe, `targets/I/z1` and `targets/I/z2` [N, d] of step `heldFrom` + I.
   */
  readonly tensors: ReadonlyMap<string, TensorValues>;
  readonly framePoses: FramePoses;
  readonly reported: Reported;
  /** null unless a person takes the checkpoint along: its run does not need it to go on (`withMeasuredWith`). */
  readonly measuredWith: MeasuredWith | null;
}
