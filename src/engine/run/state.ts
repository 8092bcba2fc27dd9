import * as tf from '@tensorflow/tfjs';
import type { RunConfig } from '../../domain/runConfig';
import type { RunDiagnosisState } from '../monitors/diagnosis';
import type { FramePoses } from '../monitors/outputFrames';
import { disposeStepState, type StepState } from '../step/stepRunner';
import type { ChangesState } from './changesInFlight';
import type { ChosenKernels } from './kernelChoice';

/**
 * The state of a run after a step: everything that its next steps depend on, apart from the images. All values are plain data except the
 * tensors, which are on the device, do not change with the run, and are disposed by the caller that took the snapshot.
 */
export interface RunSnapshot extends StepState {
  /** Finished updates. */
  readonly step: number;
  readonly config: RunConfig;
  readonly changes: ChangesState;
  /** Weights, BN's moving statistics, and what the method keeps from step to step: momentum encoder, queues, moving averages of outputs. */
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
  readonly diagnosis: RunDiagnosisState;
  /** What the next frame of the outputs is turned by. */
  readonly framePoses: FramePoses;
  readonly kernels: ChosenKernels;
}

export function disposeSnapshot(snapshot: RunSnapshot): void {
  tf.dispose([...snapshot.parameters.values()]);
  disposeStepState(snapshot);
}
