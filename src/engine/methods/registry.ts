import type { MethodName } from '../../domain/methods/registry';
import type { RunConfig } from '../../domain/runConfig';
import { createBarlowTwins } from './barlowTwins';
import { createByol } from './byol';
import type { Method, TrainingImages } from './method';
import { createSimClr } from './simclr';
import { createSimSiam } from './simsiam';
import { createSwav } from './swav';

/** The implementation of each method that `spec/methods/registry.ts` describes. */
export const METHOD_FACTORIES: Record<MethodName, (config: RunConfig, images: TrainingImages) => Method> = {
  simsiam: createSimSiam,
  byol: createByol,
  simclr: createSimClr,
  swav: createSwav,
  barlowTwins: createBarlowTwins,
};
