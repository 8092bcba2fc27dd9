import {
  COSINE_BINS,
  type FrameImages,
  type FrameTrack,
  MOST_SINGULAR_VALUES,
  type OutputFrame,
  READINGS,
} from './outputFrame';

/** The most frames of a run, and the most bytes that they take in the storage. */
export const MOST_FRAMES = 200;
export const MOST_BYTES = 2_000_000;

/** Bytes of an image's index and label, and of a frame with this many images: half-precision numbers, and a few of single precision. */
const IMAGE_BYTES = 6;
const frameBytes = (images: number) =>
  READINGS.length * (2 * (3 * images + COSINE_BINS + MOST_SINGULAR_VALUES) + 12) + 8;

/** How many frames of this many images are kept: fewer where there are many images, and at least two. */
export function mostFrames(images: number): number {
  const fitting = Math.floor((MOST_BYTES - IMAGE_BYTES * images) / frameBytes(images));
  return Math.max(2, Math.min(MOST_FRAMES, fitting));
}

/** What a recorder has kept, with which another goes on. */
export interface RecordedFrames extends FrameTrack {
  /** The number of each frame among all that came. */
  readonly numbers: readonly number[];
  /** How many came. */
  readonly came: number;
  /** Of those that come, each whose number is a multiple of this is kept. */
  readonly stride: number;
}

/**
 * Collects the frames of one run, evenly thinned: when there are too many, every second one goes, and from then on only every second one,
 * later every fourth and so on, is kept. The first and the last are always there. A frame always has all its images: with many images there
 * are fewer frames.
 */
export class FrameRecorder {
  readonly #images: FrameImages;
  readonly #most: number;
  /** The frames kept, with their numbers among all that came. */
  #kept: { readonly number: number; readonly frame: OutputFrame }[] = [];
  #came = 0;
  #stride = 1;

  /** @param before what another recorder of the same run has kept */
  constructor(images: FrameImages, before: RecordedFrames | null = null) {
    this.#images = images;
    this.#most = mostFrames(images.indices.length);
    if (before === null) return;
    this.#kept = before.frames.map((frame, i) => ({ number: before.numbers[i] ?? i, frame }));
    this.#came = before.came;
    this.#stride = before.stride;
  }

  /** Adds a frame and returns the track. One at or before the last step is left out. */
  take(frame: OutputFrame): FrameTrack {
    const last = this.#kept.at(-1);
    if (last !== undefined && frame.step <= last.frame.step) return this.track();
    // It was there only as the last one.
    if (last !== undefined && last.number % this.#stride !== 0) this.#kept.pop();
    this.#kept.push({ number: this.#came, frame });
    this.#came += 1;
    while (this.#kept.length > this.#most) {
      this.#stride *= 2;
      this.#kept = this.#kept.filter(({ number }) => number % this.#stride === 0 || number === this.#came - 1);
    }
    return this.track();
  }

  track(): FrameTrack {
    return { images: this.#images, frames: this.#kept.map(({ frame }) => frame) };
  }

  /** The frames up to a step, with which another recorder goes on. */
  recorded(step: number): RecordedFrames {
    const kept = this.#kept.filter(({ frame }) => frame.step <= step);
    const numbers = kept.map(({ number }) => number);
    const came = kept.length === this.#kept.length ? this.#came : (numbers.at(-1) ?? -1) + 1;
    return { images: this.#images, frames: kept.map(({ frame }) => frame), numbers, came, stride: this.#stride };
  }
}
