import type { FrameTrack } from '../../domain/outputFrame';
import type { Frames } from '../frames/frames';

/** While a run trains, its frames, up to 2 MB, are written at most this often. */
const EVERY_MS = 30_000;

/** Which frames are still to be written, and those that are not in the storage: of deleted runs, and where nothing is stored. */
export class KeptFrames {
  readonly #frames: Pick<Frames, 'liveTrack'>;
  readonly #held = new Map<string, FrameTrack>();
  /** The frames of the run on the page that were given out last to be written, and when. */
  #sent: { readonly track: FrameTrack | null; readonly at: number } = { track: null, at: 0 };
  /** Those that are in the storage. */
  #written: FrameTrack | null = null;

  constructor(frames: Pick<Frames, 'liveTrack'>) {
    this.#frames = frames;
  }

  /** Called when a run begins. */
  begin(): void {
    this.#sent = { track: null, at: Date.now() };
    this.#written = null;
  }

  /**
   * The frames of the run on the page where there are new ones: when the last write is long ago, or, at once, also where a write of them is
   * still under way, since it may be lost when the page closes; else null.
   */
  toWrite(atOnce: boolean): FrameTrack | null {
    const track = this.#frames.liveTrack;
    if (track === this.#written) return null;
    if (!atOnce && (track === this.#sent.track || Date.now() - this.#sent.at < EVERY_MS)) return null;
    this.#sent = { track, at: Date.now() };
    return track;
  }

  /** Called when frames of the run on the page were written. */
  writeSucceeded(track: FrameTrack | null): void {
    if (track !== null) this.#written = track;
  }

  /** Called when they could not be written. */
  writeFailed(): void {
    this.#sent = { track: null, at: 0 };
  }

  hold(id: string, track: FrameTrack | null): void {
    if (track !== null) this.#held.set(id, track);
  }

  held(id: string): FrameTrack | null {
    return this.#held.get(id) ?? null;
  }

  drop(id: string): void {
    this.#held.delete(id);
  }
}
