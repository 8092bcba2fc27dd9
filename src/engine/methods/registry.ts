import type { MethodName, RunConfig } from '../../spec/runConfig';
import type { Method } from './method';
import { createSimSiam } from './simsiam';

/** The implementation of each method that `spec/methods/registry.ts` describes. */
export const METHOD_FACTORIES: Record<MethodName, (config: RunConfig) => Method> = { simsiam: createSimSiam };
