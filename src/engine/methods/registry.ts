import type { MethodName } from '../../domain/methods/registry';
import type { RunConfig } from '../../domain/runConfig';
import { gflopOf } from '../network/cost';
import { buildNetwork } from '../network/network';
import { networkLayersOf } from '../network/networkLayers';
import type { Pass } from '../network/pass';
import { barlowTwins } from './barlowTwins';
import { byol } from './byol';
import type { Method, TrainingImages } from './method';
import type { MethodImplementation } from './methodImplementation';
import { simclr } from './simclr';
import { simsiam } from './simsiam';
import { swav } from './swav';

/** The implementation of each method that `domain/methods/registry.ts` describes. */
const IMPLEMENTATIONS: Record<MethodName, MethodImplementation> = { simsiam, byol, simclr, swav, barlowTwins };

/** A run's method with its networks, freshly initialised. `layers` replaces the networks that the settings name. */
export function createMethod(config: RunConfig, images: TrainingImages, layers = networkLayersOf(config)): Method {
  return IMPLEMENTATIONS[config.method].create(buildNetwork(layers, config.seed, config), config, images);
}

/** The passes of a step of a run, or of each part of its batch with gradient accumulation. `layers` replaces the networks that the settings name. */
export function passesOf(config: RunConfig, layers = networkLayersOf(config)): readonly Pass[] {
  return IMPLEMENTATIONS[config.method].passes(layers, config);
}

/**
 * GFLOP of a training step of a run (`gflopOf`).
 * @param pairsInOneBatch `pairsLieInOneBatch` of the engine
 */
export function gflopPerStep(config: RunConfig, pairsInOneBatch: boolean): number {
  return config.microBatches * gflopOf(passesOf(config), pairsInOneBatch);
}
