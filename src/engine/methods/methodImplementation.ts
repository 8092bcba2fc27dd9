import type { RunConfig } from '../../domain/runConfig';
import type { Network } from '../network/network';
import type { NetworkLayers } from '../network/networkLayers';
import type { Pass } from '../network/pass';
import type { Method, TrainingImages } from './method';

/** What the engine adds to a method's description in `domain/methods/`. */
export interface MethodImplementation {
  /** What a step sends through which layers, once all that sets in during a run (queues, training of prototypes) has set in. */
  passes(network: NetworkLayers, config: RunConfig): readonly Pass[];
  /** The networks become the method's. */
  create(network: Network, config: RunConfig, images: TrainingImages): Method;
}
