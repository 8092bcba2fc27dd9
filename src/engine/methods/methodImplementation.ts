import type { RunConfig } from '../../domain/runConfig';
import type { Network } from '../network/network';
import type { NetworkLayers } from '../network/networkLayers';
import type { Pass } from '../network/pass';
import type { Method, TrainingImages } from './method';

/** What the engine adds to a method's description in `domain/methods/`. */
export interface MethodImplementation {
  /** The passes of a step, once everything that starts during a run (queues, training of prototypes) has started. */
  passes(network: NetworkLayers, config: RunConfig): readonly Pass[];
  /** The method takes ownership of the networks. */
  create(network: Network, config: RunConfig, images: TrainingImages): Method;
}
