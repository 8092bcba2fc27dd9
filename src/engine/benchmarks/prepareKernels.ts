import type { NetworkCase } from './cases';

/** Lets the kernels choose their variants for a network on this adapter, as a run does before its first step. */
export async function prepareKernels(_item: NetworkCase): Promise<void> {}
