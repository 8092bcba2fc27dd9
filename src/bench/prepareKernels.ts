import { type ConvUse, tuneConvolutions } from '../engine/kernels/tuning/tuneConvolutions';
import { memoryTuningCache, type TuningCache } from '../engine/kernels/tuning/tuningCache';
import { passesOf } from '../engine/methods/registry';
import { tunedConvolutions } from '../engine/network/tunedConvolutions';
import { configOf, type NetworkCase } from './cases';

/** For a whole network; the convolutions with most work come first, and the rest follow them when time runs out. */
const BUDGET_MS = 6000;

const known = memoryTuningCache();

/** Lets these convolutions choose their variants on this adapter, as a run does before its first step. */
export async function tuneKernels(uses: readonly ConvUse[], cache: TuningCache = known): Promise<void> {
  await tuneConvolutions(uses, cache, BUDGET_MS);
}

/** `tuneKernels` for a whole network. Where a case is wider or larger than its settings say, the choice for those serves. */
export async function prepareKernels(item: NetworkCase, cache: TuningCache = known): Promise<void> {
  await tuneKernels(tunedConvolutions(passesOf(configOf(item))), cache);
}
