import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeLesson, type Lesson } from '../../../src/domain/lessons/lesson';
import { decodeLesson, encodeLesson } from '../../../src/domain/lessons/lessonLink';
import { LESSONS } from '../../../src/domain/lessons/registry';
import { presetConfig } from '../../../src/domain/presets';
import { Lab } from '../../../src/session/lab';
import { finished } from '../../../src/session/lessons/lessonDraft';
import { phaseOf } from '../../../src/session/lessons/lessonStore';
import { currentLink } from '../../../src/session/link/linkSync';
import type { PageStorage } from '../../../src/session/pageText';
import { activeRun } from '../../setup/activeRun';
import { FakeWorker } from './fakeWorker';

/** A storage of text in memory. */
function memory(): PageStorage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) };
}

function labAt(hash: string, pageStorage: PageStorage | null = null): Lab {
  return new Lab(hash, {
    openWorker: () => new FakeWorker({}),
    loaders: {
      loadSample: () => Promise.reject(new Error('no sample')),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: () => Promise.reject(new Error('no images')),
      fetchRest: async () => undefined,
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    pageStorage,
  });
}

/** Puts a run with the settings of the page on it. */
function putRun(lab: Lab, state: Partial<ReturnType<Lab['runStore']['getState']>> = {}): void {
  lab.runStore.setState({
    active: activeRun(lab.runStore.getState().config),
    runState: 'paused',
    ...state,
  });
}

const LESSON: Lesson = describeLesson({
  id: 'own',
  title: 'Own',
  minutes: 2,
  settings: 'v=4&preset=tiny&dataset=fashion-mnist&outputDim=16',
  steps: [
    { text: 'Press Train.', target: 'train', wait: [{ did: 'trained' }] },
    {
      text: 'Wait.',
      target: 'loss',
      wait: [
        { set: 'stopGradient', to: false },
        { signal: 'stepsHere', above: 10 },
      ],
    },
    { text: 'Look.', target: 'loss' },
  ],
});

const shown = (lab: Lab) => lab.lessons.player.store.getState();
const texts = (lab: Lab) => lab.noticeStore.getState().notices.map(({ text }) => text);

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

describe('a lesson in the address', () => {
  it('is opened with its settings, on the engine of the page', async () => {
    const lab = labAt(`#lesson=${encodeLesson(LESSON)}`);
    lab.runStore.setState(({ config }) => ({ config: { ...config, engine: 'wasm' } }));
    await lab.lessons.start();
    expect(shown(lab)).toMatchObject({ isOpen: true, step: 0, lesson: LESSON });
    expect(lab.runStore.getState().config).toMatchObject({ preset: 'tiny', outputDim: 16, engine: 'wasm' });
  });

  it('can be one of the page, by its id', async () => {
    const lab = labAt('#lesson=predictor');
    await lab.lessons.start();
    expect(shown(lab).lesson).toBe(LESSONS.find(({ id }) => id === 'predictor'));
    expect(lab.runStore.getState().config).toMatchObject({ preset: 'tiny', schedule: 'constant' });
  });

  it('leaves the run of its address as it is, and is resumed', async () => {
    const storage = memory();
    const first = labAt('#', storage);
    first.lessons.player.open(LESSON, 2);
    const lab = labAt(`#v=4&preset=tiny&dataset=fashion-mnist&seed=5&lesson=${encodeLesson(LESSON)}`, storage);
    await lab.lessons.start();
    expect(shown(lab)).toMatchObject({ isOpen: true, step: 2 });
    expect(lab.runStore.getState().config).toMatchObject({ seed: 5, outputDim: presetConfig('tiny').outputDim });
    expect(texts(lab)).toEqual([]);
  });

  it('that was left can be resumed after a reload, and is not shown by itself', async () => {
    const storage = memory();
    const first = labAt(`#lesson=${encodeLesson(LESSON)}`, storage);
    await first.lessons.start();
    first.lessons.player.leave();
    const lab = labAt(`#v=4&preset=tiny&lesson=${encodeLesson(LESSON)}`, storage);
    await lab.lessons.start();
    expect(shown(lab)).toMatchObject({ isOpen: false, lesson: LESSON });
  });

  it.each(['nothing-like-this', encodeLesson(LESSON).slice(0, 50), '%%'])(
    '%s gives a notice, and no lesson',
    async (text) => {
      const lab = labAt(`#lesson=${encodeURIComponent(text)}`);
      await lab.lessons.start();
      expect(shown(lab).lesson).toBeNull();
      expect(texts(lab)).toEqual([
        expect.stringMatching(/^The link’s lesson could not be read: .*The page works without it\.$/),
      ]);
      expect(lab.lessonLinkStore.getState().text).toBeNull();
    },
  );
});

describe('progress', () => {
  it('outlives the page, and a lesson that was left is not opened by itself', async () => {
    const storage = memory();
    const lab = labAt('#', storage);
    await lab.lessons.begin('predictor');
    lab.lessons.player.next();
    const later = labAt('#v=4&preset=tiny', storage);
    await later.lessons.start();
    expect(shown(later)).toMatchObject({ isOpen: true, step: 1 });
    later.lessons.player.leave();
    const last = labAt('#v=4&preset=tiny', storage);
    await last.lessons.start();
    expect(shown(last)).toMatchObject({ isOpen: false, lesson: null });
    expect(shown(last).progress.predictor).toEqual({ step: 1, isDone: false });
    expect([...storage.kept.values()].join()).not.toContain('Press');
  });

  it.each(['{', '[]', '7', '{"progress":{"a":{"step":-1}},"open":3}', '{"progress":null}'])(
    'kept as %s is read as none',
    (text) => {
      const storage = memory();
      storage.kept.set('simsiam-lab-lessons', text);
      expect(shown(labAt('#', storage)).progress).toEqual({});
    },
  );

  it('a storage that is full does not stop the lesson', () => {
    const lab = labAt('#', {
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      },
    });
    lab.lessons.player.open(LESSON);
    expect(shown(lab).isOpen).toBe(true);
  });
});

it('steps count from what the person does on, and anew in a new run', () => {
  const lab = labAt('#');
  putRun(lab, { runState: 'training', step: 100 });
  const { player } = lab.lessons;
  player.open(LESSON, 1);
  lab.runStore.setState({ step: 150 });
  expect(phaseOf(shown(lab))).toBe('wait');
  lab.runStore.setState({ changes: [[150, 'stopGradient', false]] });
  lab.runStore.setState({ step: 160 });
  expect(phaseOf(shown(lab))).toBe('wait');
  lab.runStore.setState({ step: 5, changes: [[0, 'stopGradient', false]] });
  lab.runStore.setState({ step: 15 });
  expect(phaseOf(shown(lab))).toBe('wait');
  lab.runStore.setState({ step: 16 });
  expect(phaseOf(shown(lab))).toBe('ready');
});

it('does not end a run that already has the settings of the lesson and no step', async () => {
  const lab = labAt('#');
  await lab.lessons.beginWith(LESSON);
  putRun(lab);
  const open = vi.spyOn(lab, 'open');
  await lab.lessons.beginWith(LESSON);
  expect(open).not.toHaveBeenCalled();
  putRun(lab, { step: 3 });
  await lab.lessons.beginWith(LESSON);
  expect(open).toHaveBeenCalledWith(currentLink(lab));
});

describe('the writer', () => {
  it('records what is done, edits it, and keeps the draft', async () => {
    const storage = memory();
    const lab = labAt('#v=4&preset=tiny&dataset=fashion-mnist', storage);
    putRun(lab);
    const { writer } = lab.lessons;
    await writer.open();
    await writer.record();
    lab.runStore.setState({ intent: 'train' });
    lab.runStore.setState({ runState: 'training', intent: null, step: 4 });
    lab.runStore.setState({ pending: { stopGradient: false } });
    lab.runStore.setState({ pending: {}, changes: [[4, 'stopGradient', false]] });
    lab.runStore.setState({ pending: { baseLearningRate: 0.3 } });
    lab.runStore.setState({ pending: { baseLearningRate: 0.2 } });
    lab.placeStore.setState({ place: 'compare' });
    lab.runStore.setState({ intent: 'pause' });
    lab.runStore.setState({ runState: 'paused', intent: null });
    writer.stopRecording();
    lab.placeStore.setState({ place: 'explore' });
    const { draft } = writer.store.getState();
    expect(draft.steps.map(({ text, target, wait }) => [text, target, wait])).toEqual([
      ['Press Train.', 'train', [{ did: 'trained' }]],
      ['Switch Stop-gradient off.', 'stopGradient', [{ set: 'stopGradient', to: false }]],
      ['Set Base learning rate to 0.2.', 'baseLearningRate', [{ set: 'baseLearningRate', to: 0.2 }]],
      ['Open Compare.', 'places', [{ did: 'openedCompare' }]],
      ['Press Pause.', 'train', [{ did: 'paused' }]],
    ]);
    expect(finished(draft).problems[0]?.text).toMatch(/^Title: /);

    const [first, second] = draft.steps;
    if (first === undefined || second === undefined) throw new Error('no steps');
    writer.move(second.key, -1);
    writer.change(first.key, { text: 'Now train.' });
    writer.edit({ title: 'Recorded', steps: writer.store.getState().draft.steps.slice(0, 2) });
    const { lesson } = finished(writer.store.getState().draft);
    if (lesson === null) throw new Error('The draft is no lesson.');
    expect(decodeLesson(encodeLesson(lesson))).toEqual(lesson);
    expect(lesson.steps.map(({ text }) => text)).toEqual(['Switch Stop-gradient off.', 'Now train.']);
    expect(lesson.settings).toContain('preset=tiny');

    const later = labAt('#', storage);
    await later.lessons.writer.open();
    const kept = later.lessons.writer.store.getState().draft;
    expect(finished(kept).lesson).toEqual(lesson);
  });
});
