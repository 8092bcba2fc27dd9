import { type OutputFrame, READINGS, type Reading } from '../../domain/outputFrame';
import type { EmbeddedImages } from './embedImages';
import { type CloudPose, outputCloud, type PosedCloud } from './outputCloud';

/** What the next frame is turned by, for each reading of the last one; null where its points are not turned. */
export type FramePoses = ReadonlyMap<Reading, CloudPose | null>;

/** Makes the frames of a run's probe images, each turned to fit the one before. */
export class OutputFrames {
  /** What the last frame's clouds were posed by. */
  #before: FramePoses = new Map();

  /** The poses of the last frame, which do not change with later ones. */
  state(): FramePoses {
    return this.#before;
  }

  restore(poses: FramePoses): void {
    this.#before = poses;
  }

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
    this.#before = new Map([...this.#before, ...[...now].map(([reading, { pose }]) => [reading, pose] as const)]);
    const [z, p, features] = READINGS.map((reading) => now.get(reading)?.cloud ?? null);
    return z === null || features === null ? null : { step, z, p, features };
  }
}
