import type { OpenedFile } from '../domain/takeAlong';
import type { KernelOptions } from '../engine/run/kernelChoice';
import type { CommandBody } from '../protocol/commands';
import { CommandError } from './errors';
import type { HeldImages } from './heldImages';
import { loadedCode } from './loadedCode';
import { LongWork, type LongWorkParts, type WorkWords } from './longWork';
import type { OpenedEncoder } from './openedEncoder';

export interface WarmStartingParts extends LongWorkParts {
  readonly images: HeldImages;
  readonly opened: OpenedEncoder;
  readonly kernels: () => KernelOptions;
}

const AGAIN = 'Press “Train from here” again.';

const WORDS: WorkWords = {
  isBusy: 'A run is being made from the weights already: wait until it is there.',
  cancelled: 'The run from the weights was cancelled.',
  ended: `The run from the weights was not made, since the images were replaced meanwhile. ${AGAIN}`,
  noMemory: `Memory ran out while a run was made from the weights. Choose a smaller batch or image size. ${AGAIN}`,
  engineLost: `The engine was lost while a run was made from the weights. ${AGAIN}`,
  failed: (reason) => `A run could not be made from the weights: ${reason}. ${AGAIN}`,
};

/** Makes runs that begin from the weights of an opened file. The code for it is loaded when it is first asked for. */
export class WarmStarting {
  readonly #parts: WarmStartingParts;
  readonly #work: LongWork;

  constructor(parts: WarmStartingParts) {
    this.#parts = parts;
    this.#work = new LongWork(parts, WORDS);
  }

  /**
   * Keeps a run at step 0 that begins from the opened weights; the page goes on with it as with one from a file.
   * @throws CommandError, or RunError where the settings do not fit the weights or the images
   */
  async begin({
    id,
    config,
    keptId,
  }: Extract<CommandBody, { type: 'beginFromOpened' }> & { readonly id: number }): Promise<OpenedFile> {
    const { opened, images, engine, runs, kernels } = this.#parts;
    const { encoder, file } = opened;
    if (encoder === null || file === null) {
      throw new CommandError('unusable-file', 'There is no opened file of weights: open it first.');
    }
    const { name, fingerprint } = file;
    if (fingerprint === null) {
      throw new CommandError(
        'internal',
        'A run begins from weights only on a page that is opened by https or on this computer.',
      );
    }
    const { dataset } = images;
    return this.#work.do(id, null, loaded, async ({ warmRun }, trainer) => {
      const { info } = engine;
      if (info === null) throw new CommandError('internal', 'No engine runs yet.');
      try {
        const made = await warmRun({
          encoder,
          file: { name, fingerprint },
          config,
          images: dataset,
          engine: info,
          kernels: kernels(),
        });
        await runs.adopt({ id: keptId, config: made.config, changes: [], dataset: made.dataset, step: 0 }, made.file);
        const facts = { name: `from ${name}`, created: Date.now(), dataset: made.dataset, evaluation: null };
        return { kind: 'run', id: keptId, config: made.config, changes: [], step: 0, hasImages: false, ...facts };
      } finally {
        if (!engine.isBroken) await trainer?.settleKernels();
      }
    });
  }

  /** Ends the making of a run, since what it works on is replaced. */
  end(): Promise<void> {
    return this.#work.end();
  }
}

const loaded = () => loadedCode('begins runs from weights', () => import('./warmRun'));
