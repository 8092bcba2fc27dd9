import * as tf from '@tensorflow/tfjs';
import type { MemoryRow } from '../domain/benchmark';
import { methodOf, viewsOf } from './cases';
import type { BenchContext } from './context';
import { NetworkStep, type NetworkStepMode } from './networkStep';
import { prepareKernels } from './prepareKernels';

const MODES: readonly (readonly [NetworkStepMode, string])[] = [
  ['captured', 'ours, recorded'],
  ['opByOp', 'ours, op by op'],
  ['stock', 'stock tfjs kernels, our backward pass'],
];
const STEPS = 2;

/** Device memory in use or kept for reuse, as tfjs counts it. */
function allocatedBytes(): number {
  const memory = tf.memory() as tf.MemoryInfo & { numBytesAllocatedInGPU?: number; numBytesInGPUAllocated?: number };
  return memory.numBytesAllocatedInGPU ?? memory.numBytesInGPUAllocated ?? memory.numBytes;
}

/** Bytes of device memory allocated after two steps of the reference, each on a device of its own. */
export async function measureMemory(context: BenchContext): Promise<MemoryRow[]> {
  const { reference: item } = context;
  // Choosing variants leaves buffers behind, so it is done first; on the devices below the choices are in the cache.
  await prepareKernels(item);
  const rows: MemoryRow[] = [];
  for (const [mode, engine] of MODES) {
    context.progress(`memory: ${engine}`);
    await context.restart();
    await prepareKernels(item);
    const step = new NetworkStep(methodOf(item), viewsOf(item), mode);
    await step.enter();
    for (let n = 0; n < STEPS; n++) step.step();
    await step.finish();
    rows.push({ engine, bytes: allocatedBytes() + step.recordedBytes, dispatches: step.dispatches });
    step.dispose();
  }
  await context.restart();
  return rows;
}
