import { type OutputFrame, READINGS, type Reading } from '../../domain/outputFrame';
import type { EmbeddedImages } from './embedImages';
import { outputCloud, type PosedCloud } from './outputCloud';

/** Makes the frames of a run's probe images, each turned to fit the one before. */
export class OutputFrames {
  /** What the last frame's clouds were posed by. */
  readonly #before = new Map<Reading, PosedCloud['pose']>();

  /**
   * The frame of these outputs after `step` steps. Call it once for each set of outputs.
   * @returns null where an output is not finite
   */
  next(step: number, outputs: EmbeddedImages): OutputFrame | null {
    const now = new Map<Reading, PosedCloud>();
    for (const reading of READINGS) {
      const rows = outputs[reading];
      if (rows === null) continue;
      const posed = outputCloud(rows, this.#before.get(reading) ?? null);
      if (posed === null) return null;
      now.set(reading, posed);
    }
    for (const [reading, posed] of now) this.#before.set(reading, posed.pose);
    const [z, p, features] = READINGS.map((reading) => now.get(reading)?.cloud ?? null);
    return z === null || features === null ? null : { step, z, p, features };
  }
}
