import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** A sample shorter than this is mostly the round trip to the GPU. */
const SAMPLE_MS = 4;
const MAX_REPEATS = 16;
const ROUNDS = 3;
/** A candidate that takes this many times as long as the best is not measured again. */
const HOPELESS = 2;

/** Milliseconds until the GPU has done `repeats` runs. */
async function timed(run: () => tf.Tensor, repeats: number): Promise<number> {
  const backend = tf.backend() as WebGPUBackend;
  const started = tf.util.now();
  for (let i = 0; i < repeats; i++) run().dispose();
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  await backend.queue.onSubmittedWorkDone();
  return tf.util.now() - started;
}

/**
 * Returns the fastest of several ways to compute the same result. A first run of each compiles it; then they are timed in turns, so that
 * other load on the machine affects all of them, and the best time of each counts. The times are wall times of several runs, since browsers
 * round a GPU's timestamps to 0.1 ms. Stops early, with the best so far, when `deadline` (of `tf.util.now`) has passed; the first is always
 * tried.
 */
export async function fastest<T>(
  candidates: readonly T[],
  run: (candidate: T) => tf.Tensor,
  deadline: number,
): Promise<T> {
  const times = new Map<T, number>();
  let repeats = 1;
  const inTime = () => tf.util.now() < deadline;
  for (const candidate of candidates) {
    if (times.size > 0 && !inTime()) break;
    await timed(() => run(candidate), 1);
    if (times.size === 0) {
      const once = await timed(() => run(candidate), 1);
      repeats = Math.min(MAX_REPEATS, Math.max(1, Math.ceil(SAMPLE_MS / once)));
    }
    times.set(candidate, await timed(() => run(candidate), repeats));
  }
  for (let round = 1; round < ROUNDS; round++) {
    const best = Math.min(...times.values());
    for (const [candidate, time] of times) {
      if (time > HOPELESS * best || !inTime()) continue;
      times.set(candidate, Math.min(time, await timed(() => run(candidate), repeats)));
    }
  }
  return [...times].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
}
