import type { SuitTable } from '../domain/suiting/suitTable';
import type { KernelOptions } from '../engine/run/kernelChoice';
import type { CommandBody } from '../protocol/commands';
import { CommandError } from './errors';
import type { HeldImages } from './heldImages';
import { loadedCode } from './loadedCode';
import { LongWork, type LongWorkParts, type WorkWords } from './longWork';

export interface SuitingParts extends LongWorkParts {
  readonly images: HeldImages;
  readonly kernels: () => KernelOptions;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

const AGAIN = 'Start the search again.';
const MS = 1000;
/** The share of a run that is done is reported this often at most. */
const REPORT_EVERY_MS = 200;

const WORDS: WorkWords = {
  isBusy: 'A search for settings is under way already: wait until it has ended, or cancel it.',
  cancelled: 'The search for settings was cancelled.',
  ended: `The search for settings ended, since the run or its images were replaced meanwhile. ${AGAIN}`,
  noMemory: `Memory ran out during the search for settings. Close other pages, or choose a smaller batch or network. ${AGAIN}`,
  engineLost: `The engine was lost during the search for settings. ${AGAIN}`,
  failed: (reason) => `The search for settings failed: ${reason}. ${AGAIN}`,
};

/** Searches for settings that suit the images in use. The code for it is loaded when it is first asked for. */
export class Suiting {
  readonly #parts: SuitingParts;
  readonly #work: LongWork;

  constructor(parts: SuitingParts) {
    this.#parts = parts;
    this.#work = new LongWork(parts, WORDS);
  }

  /** @throws CommandError, or RunError where the settings do not fit the images, saying why and what to do */
  async suit({
    id,
    config,
    seconds,
  }: Extract<CommandBody, { type: 'suit' }> & { readonly id: number }): Promise<SuitTable> {
    const { images, engine, kernels, now } = this.#parts;
    const { dataset } = images;
    return this.#work.do(id, null, loaded, async ({ suitImages, withinTime }, trainer, pace) => {
      const { info } = engine;
      if (info === null) throw new CommandError('internal', 'No engine runs yet.');
      const milliseconds = MS * seconds;
      try {
        return await suitImages({
          images: dataset,
          own: config,
          engine: info,
          kernels: kernels(),
          planning: (limits) => withinTime(milliseconds, limits, now),
          between: () => pace.between(),
          now,
          onTable: this.#reporter(id, milliseconds),
        });
      } finally {
        if (!engine.isBroken) await trainer?.settleKernels();
      }
    });
  }

  cancel(): void {
    this.#work.cancel();
  }

  /** Ends a search under way, since what it works on is replaced. */
  end(): Promise<void> {
    return this.#work.end();
  }

  /** Reports what is known: at once where a task begins or ends, else some times a second. */
  #reporter(id: number, milliseconds: number): (table: SuitTable) => void {
    const { post, now } = this.#parts;
    const began = now();
    let reported = Number.NEGATIVE_INFINITY;
    return (table) => {
      const isWithin = table.task?.kind === 'run' && table.task.share > 0;
      if (isWithin && now() - reported < REPORT_EVERY_MS) return;
      reported = now();
      post({ type: 'progress', id, done: Math.min(milliseconds, now() - began), total: milliseconds, table });
    };
  }
}

const loaded = () =>
  loadedCode('searches for settings', async () => {
    const [{ suitImages }, { withinTime }] = await Promise.all([
      import('../engine/run/suit/suitImages'),
      import('../engine/run/suit/planning'),
    ]);
    return { suitImages, withinTime };
  });
