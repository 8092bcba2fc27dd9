import { describe, expect, it, vi } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import type { Replies } from '../../../src/protocol/commands';
import type { EngineError, ErrorCode } from '../../../src/protocol/events';
import { Lab } from '../../../src/session/lab';
import type { MadeFile } from '../../../src/session/taking/taking';
import type { WantedFile } from '../../../src/session/taking/wantedFile';
import { whyNot } from '../../../src/session/taking/whyNot';
import { activeRun } from '../../setup/activeRun';
import { FakeWorker } from './fakeWorker';

const ONNX = { kind: 'encoder', format: 'onnx' } as const;
const PROJECT = { kind: 'project', withImages: false } as const;
const FILE: Replies['takeAlong'] = { name: 'encoder.onnx', file: new Blob(['12345']) };
const config = presetConfig('tiny', 'fashion-mnist', 'simsiam');

/** A lab with a run that trains, whose worker answers only when a test lets it. */
function labWithRun() {
  const worker = new FakeWorker();
  const lab = new Lab('', {
    openWorker: () => worker,
    loaders: {
      fetchRest: async () => undefined,
      loadSample: () => Promise.reject(new Error('no sample')),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: () => Promise.reject(new Error('no images')),
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
  });
  const active = activeRun(config);
  lab.runStore.setState({ active, runState: 'training' });
  lab.runStore.setState({ step: 7, latest: { loss: -0.5 } });
  const { taking } = lab;
  const state = () => taking.store.getState();
  /** The last request for a file, with how the worker answers it. */
  const asked = async () => {
    await vi.waitFor(() => expect(worker.sent('takeAlong').length).toBeGreaterThan(0));
    const command = worker.sent('takeAlong').at(-1);
    if (command === undefined) throw new Error('nothing was asked for');
    const { id } = command;
    return {
      command,
      progress: (done: number, total: number) => worker.send({ type: 'progress', id, done, total }),
      reply: () => worker.sendRaw({ type: 'reply', id, to: 'takeAlong', result: FILE }),
      fail: (code: ErrorCode, message: string) => {
        const error: EngineError = { code, message, recoverable: true };
        worker.send({ type: 'failure', id, error });
      },
    };
  };
  const replaceRun = () => lab.runStore.setState({ active: { ...active, runId: 'run-2', keptId: 'kept-2' } });
  return { lab, worker, taking, state, asked, replaceRun };
}

describe('taking along', () => {
  it('makes a file of the run, with progress, and says when it begins and ends', async () => {
    const { taking, state, asked } = labWithRun();
    const taken = taking.takeFromWorker(ONNX);
    const { command, progress, reply } = await asked();
    expect(command).toMatchObject({ runId: 'run-1', what: ONNX });
    expect(state()).toMatchObject({
      making: { id: 'onnx', done: 0, total: null },
      news: 'encoder.onnx is being made.',
    });
    progress(30, 120);
    expect(state().making).toMatchObject({ done: 30, total: 120 });
    reply();
    expect(await taken).toEqual(FILE);
    expect(state().making).toBeNull();
    expect(state().outcomes.onnx).toEqual({ kind: 'saved', name: 'encoder.onnx', bytes: 5 });
    expect(state().news).toBe('encoder.onnx is saved, 5 bytes.');
  });

  it('sends with a project what only the page knows of the run', async () => {
    const { lab, taking, asked } = labWithRun();
    const created = Date.now();
    await lab.archive.rename('kept-1', 'Cats');
    void taking.takeFromWorker(PROJECT);
    const { what } = (await asked()).command;
    expect(what).toMatchObject({ kind: 'project', withImages: false, facts: { name: 'Cats', evaluation: null } });
    if (what.kind !== 'project') throw new Error(what.kind);
    expect(Math.abs(what.facts.created - created)).toBeLessThan(60_000);
    expect(what.facts.dataset).toEqual({ name: '', count: 0, sample: null, fingerprint: null });
  });

  it('asks for embeddings by an opened encoder without naming the run', async () => {
    const { taking, asked } = labWithRun();
    void taking.takeFromWorker({ kind: 'embeddings', format: 'npy', by: 'opened' });
    expect((await asked()).command.runId).toBeNull();
  });

  it('makes one file at a time: a second request does nothing', async () => {
    const { worker, taking, state, asked } = labWithRun();
    const first = taking.takeFromWorker(ONNX);
    await asked();
    expect(await taking.takeFromWorker(PROJECT)).toBeNull();
    expect(await taking.make('figure', async () => FILE)).toBeNull();
    expect(worker.sent('takeAlong')).toHaveLength(1);
    expect(state().making?.id).toBe('onnx');
    (await asked()).reply();
    expect(await first).toEqual(FILE);
  });

  it('is cancelled: the worker is told, and nothing is saved, even if the file was complete by then', async () => {
    for (const answer of ['fail', 'reply'] as const) {
      const { worker, taking, state, asked } = labWithRun();
      const taken = taking.takeFromWorker(ONNX);
      const request = await asked();
      taking.cancel();
      expect(state().making?.isEnding).toBe(true);
      expect(worker.sent('cancelTakeAlong')).toHaveLength(1);
      if (answer === 'fail') request.fail('cancelled', 'Cancelled.');
      else request.reply();
      expect(await taken).toBeNull();
      expect(state()).toMatchObject({ making: null, outcomes: { onnx: { kind: 'cancelled' } } });
      expect(state().news).toBe('encoder.onnx was cancelled.');
    }
  });

  it('says at the file why it could not be made, and where the list is closed, by a notice', async () => {
    const { lab, taking, state, asked } = labWithRun();
    const words = 'The disk of the worker is full.';
    taking.open();
    const first = taking.takeFromWorker(ONNX);
    (await asked()).fail('internal', words);
    expect(await first).toBeNull();
    expect(state().outcomes.onnx).toEqual({ kind: 'problem', words });
    expect(lab.noticeStore.getState().notices).toEqual([]);
    taking.close();
    const second = taking.takeFromWorker(ONNX);
    await vi.waitFor(() => expect(state().making).not.toBeNull());
    expect(state().outcomes.onnx).toBeUndefined();
    (await asked()).fail('internal', words);
    await second;
    const [notice] = lab.noticeStore.getState().notices;
    expect(notice?.text).toBe(`encoder.onnx was not saved. ${words}`);
    taking.open();
    expect(state().outcomes.onnx).toBeUndefined();
  });

  it('says that the run was replaced, and that of a run that is over nothing is saved', async () => {
    const { taking, state, asked, replaceRun } = labWithRun();
    const taken = taking.takeFromWorker(ONNX);
    const { fail } = await asked();
    replaceRun();
    fail('stale-run', 'Run run-1 has ended.');
    expect(await taken).toBeNull();
    expect(state().outcomes.onnx).toEqual({
      kind: 'problem',
      words: 'The run was replaced before its file was complete: nothing was saved.',
    });
  });

  it('forgets what was saved of an earlier run', async () => {
    const { taking, state, asked, replaceRun } = labWithRun();
    const taken = taking.takeFromWorker(ONNX);
    (await asked()).reply();
    await taken;
    expect(state().outcomes.onnx?.kind).toBe('saved');
    replaceRun();
    expect(state().outcomes.onnx).toBeUndefined();
  });

  it('ends with the worker, in words', async () => {
    const { worker, taking, state, asked } = labWithRun();
    const taken = taking.takeFromWorker(ONNX);
    await asked();
    worker.crash('out of memory');
    expect(await taken).toBeNull();
    expect(state()).toMatchObject({ making: null, outcomes: { onnx: { kind: 'problem' } } });
    expect(state().news).toContain('out of memory');
  });

  it('makes a file on the page: cancelled, its work learns of it and its file is dropped', async () => {
    const { taking, state } = labWithRun();
    let finish: (file: MadeFile) => void = () => undefined;
    let signal: AbortSignal | undefined;
    const taken = taking.make('figure', (onDone, aborted) => {
      signal = aborted;
      onDone(1, 4);
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    expect(state().making).toMatchObject({ id: 'figure', done: 1, total: 4 });
    taking.cancel();
    expect(signal?.aborted).toBe(true);
    finish(FILE);
    expect(await taken).toBeNull();
    expect(state().outcomes.figure).toEqual({ kind: 'cancelled' });
  });
});

describe('why a file cannot be made', () => {
  const info = { name: 'pets' } as never;
  const fine = {
    engine: { state: 'ready' },
    data: { info },
    run: { active: activeRun(config), runState: 'paused' },
    hasBegun: true,
    hasCurves: true,
  } as const;
  const opened: WantedFile = { kind: 'embeddings', format: 'parquet', by: 'opened' };

  it('can be made of a run that trains, stands still or is finished', () => {
    for (const runState of ['training', 'paused', 'finished'] as const) {
      for (const wanted of [ONNX, PROJECT, opened, { kind: 'figure' }] as const) {
        expect(whyNot(wanted, { ...fine, run: { ...fine.run, runState } })).toBeNull();
      }
    }
  });

  it.each([
    ['no run', { run: { active: null, runState: null } }, /no run yet/],
    ['a run in the making', { run: { ...fine.run, runState: 'building' } }, /being built/],
    ['a run that diverged', { run: { ...fine.run, runState: 'diverged' } }, /diverged.*earlier step/],
    ['a run that failed', { run: { ...fine.run, runState: 'failed' } }, /failed.*Reset/],
  ] as const)(
    'with %s, there is no encoder and no project, but an opened encoder and the figure',
    (_, facts, words) => {
      const all = { ...fine, ...facts };
      expect(whyNot(ONNX, all)).toMatch(words);
      expect(whyNot(PROJECT, all)).toMatch(words);
      expect(whyNot(opened, all)).toBeNull();
      expect(whyNot({ kind: 'figure' }, all)).toBeNull();
    },
  );

  it('needs an engine and images for all but the figure', () => {
    for (const facts of [
      { engine: { state: 'starting' } },
      { engine: { state: 'lost' } },
      { data: { info: null } },
    ] as const) {
      expect(whyNot(opened, { ...fine, ...facts })).not.toBeNull();
      expect(whyNot({ kind: 'figure' }, { ...fine, ...facts })).toBeNull();
    }
  });

  it('needs a step for the project and a curve for the figure', () => {
    expect(whyNot(PROJECT, { ...fine, hasBegun: false })).toMatch(/link/);
    expect(whyNot(ONNX, { ...fine, hasBegun: false })).toBeNull();
    expect(whyNot({ kind: 'figure' }, { ...fine, hasCurves: false })).toMatch(/no curve/);
  });
});
