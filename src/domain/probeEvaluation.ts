/**
 * The paper's evaluation of a network: a linear classifier trained to convergence on the frozen backbone features of all labelled training
 * images, and its accuracy on the labelled test images.
 */
export interface ProbeEvaluation {
  /** Finished updates of the network. */
  readonly step: number;
  /** On the test images, in [0, 1]. */
  readonly accuracy: number;
  /** Binomial standard error of the accuracy. */
  readonly standardError: number;
  /** Labelled images: those the classifier was trained on, and those it was tested on. */
  readonly trainImages: number;
  readonly testImages: number;
  /** The weight decay that was best on held-out training images. */
  readonly lambda: number;
  /** False where the classifier's iterations ran out before the gradient of its loss was small. */
  readonly converged: boolean;
  readonly classNames: readonly string[];
  /** Test images by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
}
