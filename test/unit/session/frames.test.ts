import { describe, expect, it } from 'vitest';
import { frameAt } from '../../../src/session/frames/frameAt';
import { Frames, type KeptTrack } from '../../../src/session/frames/frames';
import { frameImages, frameTrack, outputFrame } from '../../setup/frames';

/** Frames with a clock that a test moves, and kept runs. */
function setUp(kept: Record<string, readonly number[]> = {}) {
  const due: (() => void)[] = [];
  const frames = new Frames({
    load: async (runId): Promise<KeptTrack | null> => {
      const steps = kept[runId];
      return steps === undefined ? null : { runId, name: `run ${runId}`, track: frameTrack(2, steps) };
    },
    schedule: (run) => due.push(run),
  });
  return {
    frames,
    state: () => frames.store.getState(),
    /** One tick of the clock. */
    tick: () => due.splice(0).forEach((run) => void run()),
    begin(...steps: number[]) {
      frames.receive({ kind: 'frameImages', value: frameImages(2) });
      for (const step of steps) frames.receive({ kind: 'frame', value: outputFrame(2, step) });
    },
    receive: (step: number) => frames.receive({ kind: 'frame', value: outputFrame(2, step) }),
  };
}

describe('the frames on the page', () => {
  it('are those of the run, the last one shown, until the next run', () => {
    const { frames, state, begin, receive } = setUp();
    expect(state()).toMatchObject({ track: null, step: null, shown: null, reading: 'z', playing: false });
    begin(0, 25);
    receive(50);
    expect(state().track?.frames.map(({ step }) => step)).toEqual([0, 25, 50]);
    expect(state().shown).toBeNull();
    expect(frameAt(state().track, state().step)?.step).toBe(50);
    frames.setReading('features');
    expect(state().reading).toBe('features');
    frames.show(30);
    expect(state()).toMatchObject({ step: 30, shown: 1 });
    frames.clear();
    expect(state()).toMatchObject({ track: null, step: null, shown: null, reading: 'features' });
    expect(frames.liveTrack).toBeNull();
  });

  it('without images of theirs are ignored', () => {
    const { state, receive } = setUp();
    receive(25);
    expect(state().track).toBeNull();
  });

  it('show the same step while more arrive and some are thinned out', () => {
    const { frames, state, begin, receive } = setUp();
    begin(0, 25, 50, 75);
    frames.show(50);
    for (let step = 100; step < 6000; step += 25) receive(step);
    expect(state().step).toBe(50);
    expect(state().track?.frames[state().shown!]?.step).toBe(50);
    frames.live();
    expect(state()).toMatchObject({ step: null, shown: null });
  });
});

describe('playing', () => {
  it('shows one frame after the other from the first, and then the last', () => {
    const { frames, state, begin, tick } = setUp();
    begin(0, 25, 50);
    frames.play();
    frames.play();
    const seen: (number | null)[] = [state().step];
    for (let i = 0; i < 3; i++) {
      tick();
      seen.push(state().step);
    }
    expect(seen).toEqual([0, 25, 50, null]);
    expect(state().playing).toBe(false);
    tick();
    expect(state().step).toBeNull();
  });

  it('goes on from where it was paused, once however often it was begun', () => {
    const { frames, state, begin, tick } = setUp();
    begin(0, 25, 50, 75);
    frames.play();
    tick();
    frames.pause();
    tick();
    expect(state()).toMatchObject({ step: 25, playing: false });
    frames.play();
    tick();
    expect(state()).toMatchObject({ step: 50, shown: 2, playing: true });
    frames.show(0);
    expect(state()).toMatchObject({ step: 0, playing: false });
  });

  it('without frames does nothing', () => {
    const { frames, state } = setUp();
    frames.play();
    expect(state().playing).toBe(false);
  });

  it('moves two runs by one step', async () => {
    const { frames, state, tick } = setUp({ a: [0, 50, 100], b: [0, 30, 60, 90, 120] });
    await frames.open('a');
    await frames.compare('b');
    frames.play();
    const seen: [number | undefined, number | undefined][] = [];
    for (let i = 0; i < 7; i++) {
      const { track, compared, step } = state();
      seen.push([frameAt(track, step)?.step, frameAt(compared?.track ?? null, step)?.step]);
      tick();
    }
    expect(seen).toEqual([
      [0, 0],
      [0, 30],
      [50, 30],
      [50, 60],
      [50, 90],
      [100, 90],
      [100, 120],
    ]);
  });
});

describe('a kept run', () => {
  it('is shown in place of the run on the page, which goes on, until it is closed', async () => {
    const { frames, state, begin, receive } = setUp({ a: [0, 50] });
    begin(0, 25);
    expect(await frames.open('a')).toBe(true);
    expect(state()).toMatchObject({ opened: { runId: 'a', name: 'run a' }, step: null });
    receive(50);
    expect(state().track?.frames).toHaveLength(2);
    expect(frames.liveTrack?.frames).toHaveLength(3);
    frames.close();
    expect(state().opened).toBeNull();
    expect(state().track?.frames).toHaveLength(3);
  });

  it('stays open when the run on the page ends', async () => {
    const { frames, state, begin } = setUp({ a: [0, 50] });
    begin(0);
    await frames.open('a');
    frames.clear();
    expect(state().opened?.runId).toBe('a');
    frames.close();
    expect(state().track).toBeNull();
  });

  it('without frames is not opened', async () => {
    const { frames, state } = setUp();
    expect(await frames.open('none')).toBe(false);
    expect(await frames.compare('none')).toBe(false);
    expect(state()).toMatchObject({ opened: null, compared: null });
  });

  it('that was asked for last is the one that is opened, whichever is read first', async () => {
    const answers: ((track: KeptTrack) => void)[] = [];
    const frames = new Frames({ load: () => new Promise((resolve) => answers.push(resolve)) });
    const [first, second] = [frames.open('a'), frames.open('b')];
    answers[1]?.({ runId: 'b', name: 'b', track: frameTrack(2, [0]) });
    answers[0]?.({ runId: 'a', name: 'a', track: frameTrack(2, [0]) });
    expect(await Promise.all([first, second])).toEqual([false, true]);
    expect(frames.store.getState().opened?.runId).toBe('b');
  });

  it('that was deleted is not shown any more', async () => {
    const { frames, state } = setUp({ a: [0], b: [0] });
    await frames.open('a');
    await frames.compare('b');
    frames.forget('b');
    frames.forget('a');
    await Promise.resolve();
    expect(state()).toMatchObject({ opened: null, compared: null });
  });
});
