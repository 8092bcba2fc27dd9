import { createStore } from 'zustand/vanilla';
import { FrameRecorder } from '../../domain/frameRecorder';
import type { FrameTrack, Reading } from '../../domain/outputFrame';
import type { RunSignal } from '../../domain/signal';
import type { Scheduler } from '../run/chartClock';
import { frameIndexAt } from './frameAt';

/** Playing takes about so long in all, within bounds for one frame. */
const PLAY_MS = 12_000;
const [SHORTEST_MS, LONGEST_MS] = [60, 250];

/** A kept run whose frames are shown. */
export interface KeptTrack {
  readonly runId: string;
  readonly name: string;
  readonly track: FrameTrack;
}

export interface FrameState {
  /** The frames that are shown: those of the run on the page, or of the kept run that is open; null before the first frame. */
  readonly track: FrameTrack | null;
  /** The kept run that is shown in place of the run on the page; null where none is. */
  readonly opened: Pick<KeptTrack, 'runId' | 'name'> | null;
  /** A kept run that is shown beside it, at the same step. */
  readonly compared: KeptTrack | null;
  /** The step that is shown of all tracks; null: the last frame, which is live where a run trains. */
  readonly step: number | null;
  /** Index of the shown frame in `track`; null: the last. */
  readonly shown: number | null;
  readonly reading: Reading;
  readonly playing: boolean;
}

export interface FrameParts {
  /** The frames of a kept run, or null where it has none. */
  load(runId: string): Promise<KeptTrack | null>;
  readonly schedule?: Scheduler | undefined;
}

type Shown = Pick<FrameState, 'track' | 'compared'>;

/** The steps of all frames that are shown, rising. */
function stepsOf({ track, compared }: Shown): number[] {
  const steps = [track, compared?.track ?? null].flatMap((shown) => shown?.frames.map(({ step }) => step) ?? []);
  return [...new Set(steps)].sort((a, b) => a - b);
}

/** The frames of the run on the page, and what is shown of them and of kept runs: one step for all, which playing moves. */
export class Frames {
  readonly store = createStore<FrameState>(() => ({
    track: null,
    opened: null,
    compared: null,
    step: null,
    shown: null,
    reading: 'z',
    playing: false,
  }));
  readonly #parts: FrameParts;
  readonly #schedule: Scheduler;
  #recorder: FrameRecorder | null = null;
  #live: FrameTrack | null = null;
  /** Raised whenever playing starts or ends, so that what was scheduled before does nothing. */
  #plays = 0;
  /** The last requests to show a kept run, so that an earlier one that ends later does nothing. */
  #opening = 0;
  #comparing = 0;

  constructor(parts: FrameParts) {
    this.#parts = parts;
    this.#schedule = parts.schedule ?? ((run, ms) => void setTimeout(run, ms));
  }

  /** The frames of the run on the page, whatever is shown; null before the first. */
  get liveTrack(): FrameTrack | null {
    return this.#live;
  }

  /** Handles a signal of the run on the page; those that are not about frames are ignored. */
  receive(signal: RunSignal): void {
    if (signal.kind === 'frameImages') this.#recorder = new FrameRecorder(signal.value);
    if (signal.kind !== 'frame' || this.#recorder === null) return;
    this.#live = this.#recorder.take(signal.value);
    if (this.store.getState().opened === null) this.#set({ track: this.#live });
  }

  /** Called when the run on the page is over and another one will follow. A kept run that is open stays. */
  clear(): void {
    this.#recorder = null;
    this.#live = null;
    if (this.store.getState().opened !== null) return;
    this.pause();
    this.#set({ track: null, step: null });
  }

  /** Shows the frame of a step, and stops playing. */
  show(step: number): void {
    this.pause();
    this.#set({ step });
  }

  /** Shows the last frame, and those that follow it. */
  live(): void {
    this.pause();
    this.#set({ step: null });
  }

  setReading(reading: Reading): void {
    this.store.setState({ reading });
  }

  /** Plays on from the shown step, or from the first one where the last is shown. */
  play(): void {
    const state = this.store.getState();
    const steps = stepsOf(state);
    const [first] = steps;
    const last = steps.at(-1);
    if (state.playing || first === undefined || last === undefined) return;
    this.#plays += 1;
    this.#set({ playing: true, step: state.step === null || state.step >= last ? first : state.step });
    this.#next(this.#plays);
  }

  pause(): void {
    this.#plays += 1;
    if (this.store.getState().playing) this.store.setState({ playing: false });
  }

  /** Shows a kept run in place of the run on the page. Resolves to false where it has no frames. */
  async open(runId: string): Promise<boolean> {
    this.#opening += 1;
    const request = this.#opening;
    const kept = await this.#parts.load(runId);
    if (kept === null || request !== this.#opening) return false;
    const { name, track } = kept;
    this.pause();
    this.#set({ opened: { runId, name }, track, step: null });
    return true;
  }

  /** Shows the run on the page again. */
  close(): void {
    this.#opening += 1;
    if (this.store.getState().opened === null) return;
    this.pause();
    this.#set({ opened: null, track: this.#live, step: null });
  }

  /** Shows a kept run beside the one that is shown, or none for null. Resolves to false where it has no frames. */
  async compare(runId: string | null): Promise<boolean> {
    this.#comparing += 1;
    const request = this.#comparing;
    const compared = runId === null ? null : await this.#parts.load(runId);
    if (request !== this.#comparing) return false;
    this.#set({ compared });
    return compared !== null;
  }

  /** Called when a kept run was deleted: its frames are not shown any more. */
  forget(runId: string): void {
    const { opened, compared } = this.store.getState();
    if (opened?.runId === runId) this.close();
    if (compared?.runId === runId) void this.compare(null);
  }

  /** Changes what is shown; `shown` follows from the track and the step. */
  #set(news: Partial<FrameState>): void {
    this.store.setState((state) => {
      const next = { ...state, ...news };
      return { ...next, shown: next.step === null ? null : frameIndexAt(next.track, next.step) };
    });
  }

  #next(play: number): void {
    const count = stepsOf(this.store.getState()).length;
    const ms = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, PLAY_MS / Math.max(1, count)));
    this.#schedule(() => {
      if (play !== this.#plays) return;
      const state = this.store.getState();
      const later = stepsOf(state).find((step) => step > (state.step ?? Number.POSITIVE_INFINITY));
      if (later === undefined) {
        this.live();
        return;
      }
      this.#set({ step: later });
      this.#next(play);
    }, ms);
  }
}
