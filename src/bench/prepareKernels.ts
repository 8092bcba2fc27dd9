import { type ConvUse, tuneConvolutions } from '../engine/kernels/tuning/tuneConvolutions';
import { memoryTuningCache, type TuningCache } from '../engine/kernels/tuning/tuningCache';
import { passesOf } from '../engine/methods/registry';
import { tunedConvolutions } from '../engine/network/tunedConvolutions';
import { configOf, type NetworkCase } from './cases';

/**
 * Milliseconds for a whole network. The convolutions with most work are measured first; when time runs out, the others use their choices.
 */
const BUDGET_MS = 6000;

const known = memoryTuningCache();

/** Chooses the variants of these convolutions on this adapter, as a run does before its first step. */
export async function tuneKernels(uses: readonly ConvUse[], cache: TuningCache = known): Promise<void> {
  await tuneConvolutions(uses, cache, BUDGET_MS);
}

/** `tuneKernels` for a whole network. A case that is wider or larger than its settings uses the choice for its settings. */
export async function prepareKernels(item: NetworkCase, cache: TuningCache = known): Promise<void> {
  await tuneKernels(tunedConvolutions(passesOf(configOf(item))), cache);
}
