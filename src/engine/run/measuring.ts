import * as tf from '@tensorflow/tfjs';
import type { Measurement } from '../../domain/measurement';
import type { LiveSettings } from '../../domain/runConfig';
import type { Emit } from '../../domain/signal';
import type { RunMonitors } from '../monitors/runMonitors';
import type { Due } from './cadence';

/**
 * The most of a run's time that frames may take. One takes tens of milliseconds on the processor, as long as several steps on a fast GPU,
 * where some are left out for that reason. No measurement depends on a frame.
 */
const SHARE_FOR_FRAMES = 0.03;

/** After this time a probe makes a frame in any case, so that the picture moves on a busy machine, too. */
const LONGEST_PAUSE_MS = 1500;

/** A search of all images that takes longer than this is reported while it lasts. */
const LONG_SEARCH_MS = 1000;

export interface MeasuringOptions {
  /** The current settings. */
  readonly live: () => LiveSettings;
  /** Receives the measurements that a run is judged by. */
  readonly report: (measurement: Measurement) => void;
  readonly emit: Emit;
  /** Makes a frame at every probe, however long that takes: for recordings that are the same on every machine. */
  readonly allFrames: boolean;
}

/** Measures what is due, and reports it. */
export class Measuring {
  readonly #monitors: RunMonitors;
  readonly #options: MeasuringOptions;
  /** From this time of `tf.util.now` on, a further frame is within `SHARE_FOR_FRAMES`. */
  #nextFrame = Number.NEGATIVE_INFINITY;
  /** Milliseconds that the last frame took. */
  #frameMs = Number.POSITIVE_INFINITY;

  constructor(monitors: RunMonitors, options: MeasuringOptions) {
    this.#monitors = monitors;
    this.#options = options;
  }

  /** Measures the untrained network, and the baselines. */
  async untrained(due: Due): Promise<void> {
    const { emit } = this.#options;
    if (due.probe) emit({ kind: 'frameImages', value: this.#monitors.frameImages() });
    const accuracies = await this.#accuracies(0, due);
    await this.#probe(0, due, true);
    // It belongs to the start, and the code was new to the processor.
    this.#nextFrame = Number.NEGATIVE_INFINITY;
    emit({ kind: 'baselines', value: await this.#monitors.baselines(accuracies) });
  }

  /** @param isLast whether it is the run's last step */
  async after(step: number, due: Due, isLast: boolean): Promise<void> {
    await this.#probe(step, due, isLast);
    await this.#accuracies(step, due);
  }

  /**
   * Sets the images whose neighbours are reported from now on, and reports those among the probe's images, but not where `searchAll` finds
   * those among all at once.
   */
  async setQueries(indices: readonly number[], step: number): Promise<void> {
    await this.#monitors.setQueries(indices, step, this.#options.live());
    if (!this.#monitors.knowsAll(step)) this.#neighbours();
  }

  /**
   * Searches all images for the neighbours of the queries, and reports these. The weights must not change meanwhile.
   * @param between awaited before each block of images; may throw to stop
   */
  async searchAll(step: number, between: () => Promise<void>): Promise<void> {
    const { emit } = this.#options;
    const started = tf.util.now();
    let isReported = false;
    const report = () => {
      if (isReported || tf.util.now() - started < LONG_SEARCH_MS) return;
      isReported = true;
      emit({ kind: 'searching', value: { images: this.#monitors.imageCount } });
    };
    try {
      const value = await this.#monitors.searchAll(step, () => {
        report();
        return between();
      });
      if (value !== null) emit({ kind: 'neighbours', value });
    } finally {
      if (isReported) emit({ kind: 'searching', value: { images: null } });
    }
  }

  async #probe(step: number, due: Due, needsFrame: boolean): Promise<void> {
    if (!due.probe) return;
    const { live, report, allFrames } = this.#options;
    await this.#monitors.probe(step, live());
    this.#neighbours();
    if (needsFrame || allFrames || tf.util.now() >= this.#nextFrame) this.#frame();
    const ranks = due.ranks ? this.#monitors.ranks() : null;
    if (ranks !== null) report(ranks);
  }

  async #accuracies(step: number, due: Due): Promise<Measurement | null> {
    if (!due.accuracies) return null;
    const measurement = await this.#monitors.accuracies(step);
    this.#options.report(measurement);
    return measurement;
  }

  #frame(): void {
    const started = tf.util.now();
    const value = this.#monitors.frame();
    const ended = tf.util.now();
    // The shorter of two, since other work of the machine may have prolonged one.
    const pause = Math.min(ended - started, this.#frameMs) / SHARE_FOR_FRAMES;
    this.#nextFrame = ended + Math.min(LONGEST_PAUSE_MS, pause);
    this.#frameMs = ended - started;
    if (value !== null) this.#options.emit({ kind: 'frame', value });
  }

  #neighbours(): void {
    const value = this.#monitors.neighbours();
    if (value !== null) this.#options.emit({ kind: 'neighbours', value });
  }
}
