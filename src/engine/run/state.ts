import * as tf from '@tensorflow/tfjs';
import type { RunConfig } from '../../domain/runConfig';
import type { RunDiagnosisState } from '../monitors/diagnosis';
import { disposeStepState, type StepState } from '../step/stepRunner';
import type { ChangesState } from './changesInFlight';
import type { ChosenKernels } from './kernelChoice';

/**
 * A run as it is after a step: all that its next steps depend on, beside the images. Its values are plain but for the tensors, which lie on
 * the device, share nothing with the run, and are disposed by whoever took the snapshot.
 */
export interface RunSnapshot extends StepState {
  /** Finished updates. */
  readonly step: number;
  readonly config: RunConfig;
  readonly changes: ChangesState;
  /** Weights, BN's moving statistics, and what the method remembers: momentum encoder, queues, moving averages of outputs. */
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
  readonly diagnosis: RunDiagnosisState;
  readonly kernels: ChosenKernels;
}

export function disposeSnapshot(snapshot: RunSnapshot): void {
  tf.dispose([...snapshot.parameters.values()]);
  disposeStepState(snapshot);
}
