import { batchNorm } from './batchNorm';
import { batchSize } from './batchSize';
import type { Experiment } from './experiment';
import { family } from './family';
import { figure2 } from './figure2';
import { predictor } from './predictor';
import { symmetry } from './symmetry';

/** Every experiment, in the order in which the page offers them. */
export const EXPERIMENTS: readonly Experiment[] = [figure2, predictor, batchNorm, batchSize, symmetry, family];
