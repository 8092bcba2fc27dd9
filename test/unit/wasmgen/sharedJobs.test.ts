import { afterEach, describe, expect, it, vi } from 'vitest';
import { whyOneThread } from '../../../src/engine/backend/wasm';
import { Board, type Job, unitsOf } from '../../../src/engine/kernels/runtime/wasm/threads/board';
import { Crew, threadsWorthTrying } from '../../../src/engine/kernels/runtime/wasm/threads/crew';
import { KernelTime } from '../../../src/engine/kernels/runtime/wasm/threads/kernelTime';
import { candidateThreads, ThreadChoice } from '../../../src/engine/kernels/runtime/wasm/threads/threadChoice';

const job = (units: number): Job => ({
  module: { offset: 64, bytes: 10, nameBytes: 4 },
  units,
  scratch: { offset: 128, bytes: 64 },
  offsets: [256, 512, 1024],
});

const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });

describe('a job on the board', () => {
  it('is read as it was announced, and its chunks cover all units once', () => {
    const board = new Board();
    for (const units of [1, 2, 7, 64, 1000, 100_000]) {
      for (const threads of [2, 3, 8]) {
        const number = board.open(job(units), threads);
        const read = board.read();
        expect(read).toMatchObject(job(units));
        const ranges: { readonly from: number; readonly to: number }[] = [];
        for (let chunk = board.claim(number); chunk !== null; chunk = board.claim(number)) {
          ranges.push(unitsOf(chunk, read));
          board.finish();
        }
        board.waitForAll();
        ranges.sort((a, b) => a.from - b.from);
        expect(ranges[0]!.from).toBe(0);
        ranges.forEach(({ to }, i) => expect(to).toBe(ranges[i + 1]?.from ?? units));
        expect(ranges.every(({ from, to }) => to > from)).toBe(true);
      }
    }
  });

  it('gives nothing to a thread that comes for an earlier job', () => {
    const board = new Board();
    const first = board.open(job(4), 2);
    while (board.claim(first) !== null) board.finish();
    const second = board.open(job(4), 2);
    expect(board.claim(first)).toBeNull();
    expect(board.claim(second)).not.toBeNull();
  });

  it('wakes the threads that take part, and no others', () => {
    const board = new Board();
    const number = board.open(job(4), 2);
    expect(board.waitForJob(1, 0)).toBe(number);
    // The third thread still waits for its first job.
    expect(new Int32Array(board.buffer).filter((word) => word === number).length).toBe(1);
  });

  it('is not shared with more buffers than the board holds', () => {
    expect(() => new Board().open({ ...job(4), offsets: Array<number>(40).fill(0) }, 2)).toThrow(/buffers/);
  });
});

describe('a crew', () => {
  const sleeping = { processors: 2, start: async () => () => undefined };

  it('does not wait for a thread that never wakes: the calling one does all the work', async () => {
    const crew = await Crew.start(memory(), sleeping, 2);
    const done: [number, number][] = [];
    crew.share(job(10), 2, (from, to) => done.push([from, to]));
    expect(done.map(([from, to]) => to - from).reduce((a, b) => a + b, 0)).toBe(10);
  });

  it('reports that a thread failed', async () => {
    let buffer: SharedArrayBuffer | null = null;
    const host = {
      processors: 2,
      start: async ({ board }: { board: SharedArrayBuffer }) => {
        buffer = board;
        return () => undefined;
      },
    };
    const crew = await Crew.start(memory(), host, 2);
    expect(() => crew.share(job(10), 2, () => new Board(buffer!).reportFailure())).toThrow(/failed to compute/);
    expect(() => crew.share(job(10), 2, () => undefined)).not.toThrow();
  });

  it('passes an error on, and can be used after it', async () => {
    const crew = await Crew.start(memory(), sleeping, 2);
    const fail = () => {
      throw new Error('out of bounds');
    };
    expect(() => crew.share(job(10), 2, fail)).toThrow('out of bounds');
    let units = 0;
    crew.share(job(10), 2, (from, to) => {
      units += to - from;
    });
    expect(units).toBe(10);
  });

  it('ends the threads that started when another did not', async () => {
    const end = vi.fn();
    const host = {
      processors: 4,
      start: async ({ thread }: { thread: number }) => {
        if (thread === 2) throw new Error('forbidden');
        return end;
      },
    };
    await expect(Crew.start(memory(), host, 4)).rejects.toThrow('forbidden');
    expect(end).toHaveBeenCalledTimes(2);
  });
});

describe('the number of threads', () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    [1, 1],
    [2, 2],
    [8, 8],
    [64, 8],
  ])('worth a try with %i logical processors is %i', (processors, threads) => {
    expect(threadsWorthTrying(processors)).toBe(threads);
  });

  it.each([
    [2, [2, 1]],
    [3, [3, 2, 1]],
    [8, [8, 4, 1]],
  ])('of %i threads at most is chosen among %j', (all, candidates) => {
    expect(candidateThreads(all)).toEqual(candidates);
  });

  /** Runs replays that take `milliseconds(threads)`, and returns the number of threads of the last. */
  function chosen(choice: ThreadChoice, replays: number, milliseconds: (threads: number) => number): number {
    let threads = 0;
    for (let i = 0; i < replays; i++) {
      threads = choice.next();
      choice.took(milliseconds(threads));
    }
    return threads;
  }

  it('is one where several take longer, and again more once they do not', () => {
    const choice = new ThreadChoice(8);
    expect(choice.next()).toBe(8);
    expect(chosen(choice, 30, (threads) => (threads === 1 ? 100 : 101))).toBe(1);
    expect(chosen(choice, 900, () => 5)).toBe(1);
    expect(chosen(choice, 130, (threads) => (threads === 4 ? 30 : 100))).toBe(4);
  });

  it('is not decided by one slow replay', () => {
    const choice = new ThreadChoice(2);
    let replay = 0;
    expect(chosen(choice, 40, (threads) => (replay++ === 8 ? 10_000 : 100 / threads))).toBe(2);
  });

  it('is one, with the reason, where the page is isolated and has no SharedArrayBuffer', () => {
    vi.stubGlobal('crossOriginIsolated', true);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(whyOneThread(8)).toMatch(/This browser has no SharedArrayBuffer/);
  });

  it('is one, with what to do, where the page is not isolated', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(whyOneThread(8)).toMatch(/cross-origin isolated page: reload/);
  });

  it('is one on a processor with one core, and otherwise open', () => {
    expect(whyOneThread(1)).toMatch(/one core/);
    expect(whyOneThread(2)).toBeNull();
  });
});

describe('a kernel’s time', () => {
  it('is measured at its first calls and then now and then, and is that of the fastest', () => {
    const time = new KernelTime();
    const measured = Array.from({ length: 200 }, () => time.isNext());
    expect(measured.slice(0, 4)).toEqual([true, true, false, false]);
    expect(measured.filter(Boolean).length).toBe(5);
    time.measure(() => undefined);
    const { best } = time;
    const until = performance.now() + 5;
    time.measure(() => {
      while (performance.now() < until);
    });
    expect(time.best).toBe(best);
  });
});
