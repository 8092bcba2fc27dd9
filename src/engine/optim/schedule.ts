/**
 * Learning rate after cosine decay without warm-up (Sec. 3): initial x (1 + cos(pi t / T)) / 2 at t of T; the official code counts in
 * epochs, the trainer in steps.
 */
export function cosineDecay(initial: number, t: number, total: number): number {
  return initial * 0.5 * (1 + Math.cos((Math.PI * Math.min(t, total)) / total));
}

/** Linear scaling rule (Sec. 3): base x batch / 256. */
export function scaledLearningRate(base: number, batchSize: number): number {
  return (base * batchSize) / 256;
}

/** Momentum of BYOL's moving average (Sec. 3.3) at step t of T: 1 - (1 - base) (cos(pi t / T) + 1) / 2, from `base` up to 1. */
export function tauSchedule(base: number, t: number, total: number): number {
  return 1 - ((1 - base) * (Math.cos((Math.PI * Math.min(t, total)) / total) + 1)) / 2;
}
