import { alternation } from './alternation';
import { batchNorm } from './batchNorm';
import { batchSize } from './batchSize';
import type { Experiment } from './experiment';
import { figure2 } from './figure2';
import { family } from './methods';
import { momentumEncoder } from './momentumEncoder';
import { movingAverage } from './movingAverage';
import { outputDim } from './outputDim';
import { pastSaving } from './pastSaving';
import { predictor } from './predictorModes';
import { simclrParts } from './simclrParts';
import { similarity } from './similarity';
import { swavParts } from './swavParts';
import { symmetry } from './symmetry';

/** Every experiment as the page lists them: those of the paper in its order, then others. */
export const EXPERIMENTS: readonly Experiment[] = [
  figure2,
  predictor,
  batchSize,
  batchNorm,
  similarity,
  symmetry,
  outputDim,
  alternation,
  movingAverage,
  family,
  momentumEncoder,
  simclrParts,
  swavParts,
  pastSaving,
];
