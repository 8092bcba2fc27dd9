import type { EngineInfo } from '../domain/engineInfo';
import type { Trainer } from '../engine/run/trainer';

/** A checkpoint is made after so many steps, or so much time, since the last. */
const EVERY_STEPS = 500;
const EVERY_MS = 30_000;

/** The last checkpoint of a run, in memory: the run goes on from it when its engine is lost. */
export class LastCheckpoint {
  readonly #engine: () => EngineInfo | null;
  readonly #every: number;
  #last: Uint8Array<ArrayBuffer> | null = null;
  #step = 0;
  #at = performance.now();

  /**
   * @param engine the engine that computes the run
   * @param every steps between two checkpoints
   */
  constructor(engine: () => EngineInfo | null, every = EVERY_STEPS) {
    this.#engine = engine;
    this.#every = every;
  }

  /** The step of the last checkpoint; 0 before the first. */
  get step(): number {
    return this.#step;
  }

  /** The bytes of the last checkpoint; null before the first. */
  get last(): Uint8Array<ArrayBuffer> | null {
    return this.#last;
  }

  /** Takes a checkpoint that was made elsewhere. */
  hold(step: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#step = step;
    this.#last = bytes;
  }

  /** Makes a checkpoint of the present step if it is time to; the run must not train meanwhile. */
  async after(trainer: Trainer): Promise<void> {
    if (trainer.step - this.#step >= this.#every || performance.now() - this.#at >= EVERY_MS) await this.take(trainer);
  }

  /** Makes a checkpoint of the present step, unless there is one of it; none where the run is about to diverge. */
  async take(trainer: Trainer): Promise<void> {
    const engine = this.#engine();
    const { step } = trainer;
    if (engine === null || step === 0 || (this.#last !== null && step === this.#step)) return;
    const { bytesOf } = await import('./checkpointBytes');
    const bytes = await bytesOf(trainer, engine);
    this.#at = performance.now();
    if (bytes === null) return;
    this.hold(step, bytes);
  }
}
