import type { EngineInfo } from '../../src/domain/engineInfo';
import { CheckpointError } from '../../src/engine/run/checkpoint/checkpointError';
import { writeCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { withMeasuredWith } from '../../src/engine/run/checkpoint/measuredWith';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import type { Trainer } from '../../src/engine/run/trainer';
import { formatBytes } from '../../src/formats/bytes';
import { replaceFile } from '../node/replaceFile';

/** Writes the checkpoints of a run to one file, each in place of the one before. */
export class CheckpointWriter {
  readonly #file: string;
  readonly #engine: EngineInfo;
  readonly #log: (line: string) => void;
  #written: number | null = null;

  constructor(file: string, engine: EngineInfo, log: (line: string) => void) {
    this.#file = file;
    this.#engine = engine;
    this.#log = log;
  }

  /** Writes the run after its present step; a run that diverges keeps the checkpoint before. */
  async write(trainer: Trainer): Promise<void> {
    if (this.#written === trainer.step) return;
    try {
      const checkpoint = await withMeasuredWith(await saveRun(trainer, this.#engine), trainer);
      const bytes = writeCheckpoint(checkpoint);
      replaceFile(this.#file, bytes);
      this.#written = checkpoint.step;
      this.#log(`checkpoint of step ${checkpoint.step} in ${this.#file}, ${formatBytes(bytes.length)}`);
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      this.#log(error.message);
    }
  }
}
