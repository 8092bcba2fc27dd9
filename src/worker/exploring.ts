import type { CommandBody, Replies } from '../protocol/commands';
import { CommandError } from './errors';
import type { ExploredImages } from './exploreImages';
import type { HeldImages } from './heldImages';
import { loadedCode } from './loadedCode';
import { LongWork, type LongWorkParts, type WorkWords } from './longWork';
import type { OpenedEncoder } from './openedEncoder';

export interface ExploringParts extends LongWorkParts {
  readonly images: HeldImages;
  readonly opened: OpenedEncoder;
}

const AGAIN = 'Explore the images again.';

const WORDS: WorkWords = {
  isBusy: 'The images are being explored already: wait until that is done, or cancel it.',
  cancelled: 'The images were not explored, since this was cancelled.',
  ended: 'The images were not explored to the end, since the run or its images were replaced meanwhile.',
  noMemory: `Memory ran out while the images were explored. Close other pages, or use fewer images. ${AGAIN}`,
  engineLost: `The engine was lost while the images were explored. ${AGAIN}`,
  failed: (reason) => `The images could not be explored: ${reason}. ${AGAIN}`,
};

const MEASURE_AGAIN = 'Measure again.';

const MEASURING_WORDS: WorkWords = {
  isBusy: 'The embedding is being measured already: wait until that is done, or cancel it.',
  cancelled: 'The embedding was not measured, since this was cancelled.',
  ended: 'The embedding was not measured to the end, since the run or its images were replaced meanwhile.',
  noMemory: `Memory ran out while the embedding was measured. Close other pages, or use fewer images. ${MEASURE_AGAIN}`,
  engineLost: `The engine was lost while the embedding was measured. ${MEASURE_AGAIN}`,
  failed: (reason) => `The embedding could not be measured: ${reason}. ${MEASURE_AGAIN}`,
};

/**
 * Embeds and compares all images, says whether the embedding is of use, and finds those that are like one. The code for it is loaded when it is
 * first asked for.
 */
export class Exploring {
  readonly #parts: ExploringParts;
  readonly #work: LongWork;
  readonly #measuring: LongWork;
  /** What the last exploration left for searches; null before the first, and for other images. */
  #explored: ExploredImages | null = null;

  constructor(parts: ExploringParts) {
    this.#parts = parts;
    this.#work = new LongWork(parts, WORDS);
    this.#measuring = new LongWork(parts, MEASURING_WORDS);
  }

  /** @throws CommandError saying why the images cannot be explored, and what to do */
  async explore({
    id,
    runId,
    by,
  }: Extract<CommandBody, { type: 'explore' }> & { readonly id: number }): Promise<Replies['explore']> {
    const { runs, images, opened, engine } = this.#parts;
    const run = runId === null ? null : runs.of(runId);
    if (by === 'run') {
      if (run === null) throw new CommandError('stale-run', 'There is no run to explore with: train one first.');
      if (run.hasDiverged) {
        throw new CommandError(
          'no-checkpoint',
          'The run has diverged, and its features are of no use: go back to a step before that.',
        );
      }
    }
    if (by === 'opened' && opened.encoder === null) {
      throw new CommandError('unusable-file', 'There is no opened encoder: open its file first.');
    }
    const { reply, explored } = await this.#work.do(id, run, loaded, ({ exploreImages }, trainer, pace) => {
      const { info } = engine;
      if (info === null) throw new CommandError('internal', 'No engine runs yet.');
      return exploreImages({ by, trainer, opened, images: images.dataset, engine: info, pace });
    });
    this.#explored = explored;
    return reply;
  }

  /**
   * Takes the encoder of a kept run in place of the opened one, which stays where that fails.
   * @param id of the command
   * @throws CommandError `no-checkpoint` saying why there is none
   */
  async openKept(id: number, keptId: string): Promise<Replies['openKept']> {
    const { runs, images, opened } = this.#parts;
    const { encoder, facts } = await this.#work.do(id, null, loadedKept, (code) =>
      code.keptEncoder(runs, keptId, images.dataset),
    );
    opened.encoder = encoder;
    opened.file = null;
    return facts;
  }

  /**
   * Whether the encoder of the last exploration is of use for the images.
   * @param id of the command
   * @throws CommandError where there is no such encoder, or saying why it cannot be measured
   */
  async measure(id: number): Promise<Replies['measureExplored']> {
    const { weights = null, given = null } = this.#explored ?? {};
    if (weights === null) {
      throw new CommandError('internal', 'There is no encoder to measure: explore the images by a run or an encoder.');
    }
    const { images } = this.#parts;
    return this.#measuring.do(id, null, loadedMeasuring, ({ measureImages }, _, pace) =>
      measureImages(weights, given, images.dataset, pace),
    );
  }

  cancelMeasuring(): void {
    this.#measuring.cancel();
  }

  /** The images nearest to one of them, or to a picture from a file. @throws CommandError where there is nothing to search yet */
  async search(query: number | Blob, most: number): Promise<Replies['search']> {
    const explored = this.#explored;
    if (explored === null) throw new CommandError('internal', `There is nothing to search yet. ${AGAIN}`);
    const { nearestTo } = await loaded();
    return nearestTo(explored, query, most);
  }

  cancel(): void {
    this.#work.cancel();
  }

  /** Ends what is under way, since what it works on is replaced. */
  async end(): Promise<void> {
    await Promise.all([this.#work.end(), this.#measuring.end()]);
  }

  /** Forgets what was explored, since other images are in use. */
  forget(): void {
    this.#explored = null;
  }
}

const EXPLORES = 'explores images';

const loaded = () => loadedCode(EXPLORES, () => import('./exploreImages'));
const loadedKept = () => loadedCode(EXPLORES, () => import('./keptEncoder'));
const loadedMeasuring = () => loadedCode(EXPLORES, () => import('./measureImages'));
