import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { createDatasetStore } from '../../../src/session/data/datasetStore';
import { EngineFailure } from '../../../src/session/engine/engineClient';
import { createNoticeStore } from '../../../src/session/noticeStore';
import { createRunStore } from '../../../src/session/run/runStore';
import { Suiting } from '../../../src/session/suiting/suiting';
import { activeRun } from '../../setup/activeRun';
import { imagesInGroups } from '../../setup/explored';
import { suitTable } from '../../setup/suitTable';

const settled = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

function opened() {
  const config = presetConfig('tiny', 'fashion-mnist');
  const runStore = createRunStore(config);
  const [datasetStore, noticeStore] = [createDatasetStore(), createNoticeStore()];
  const asked: {
    body: { type: string };
    resolve(reply: unknown): void;
    reject(error: unknown): void;
    progress: (done: number, total: number, table: unknown) => void;
  }[] = [];
  const request = (body: { type: string }, _transfer: unknown, progress: never) =>
    new Promise((resolve, reject) => asked.push({ body, resolve, reject, progress }));
  const replaced: RunConfig[] = [];
  const kept: string[] = [];
  const suiting = new Suiting(
    { runStore, datasetStore, noticeStore },
    {
      engine: { request: request as never },
      keepPart: () => void kept.push('kept'),
      replaceBy: async (next) => void replaced.push(next),
    },
  );
  const state = () => suiting.store.getState();
  const withImages = () => datasetStore.setState({ info: imagesInGroups(40, 4) });
  return { suiting, state, asked, config, runStore, noticeStore, datasetStore, replaced, kept, withImages };
}

const failure = (code: 'cancelled' | 'device-lost', message: string) =>
  new EngineFailure({ code, message, recoverable: true });

describe('the search for settings on the page', () => {
  it('needs images, keeps to these, and shows the table as it fills', async () => {
    const page = opened();
    await page.suiting.start();
    expect(page.asked).toEqual([]);
    page.withImages();
    page.suiting.choose(1);
    const search = page.suiting.start();
    void page.suiting.start();
    expect(page.asked.map(({ body }) => body)).toEqual([{ type: 'suit', config: page.config, seconds: 60 }]);
    expect(page.kept).toEqual(['kept']);
    const soFar = suitTable({ ending: null });
    page.asked[0]!.progress(1, 60_000, soFar);
    expect(page.state()).toMatchObject({ isRunning: true, table: soFar });
    page.asked[0]!.resolve(suitTable());
    await search;
    expect(page.state()).toMatchObject({ isRunning: false, table: { ending: 'complete' }, problem: null });
  });

  it('keeps what was measured where it is cancelled or fails, and says why', async () => {
    const page = opened();
    page.withImages();
    for (const [code, message] of [
      ['cancelled', 'The search was cancelled before it had a result.'],
      ['device-lost', 'The engine was lost.'],
    ] as const) {
      const search = page.suiting.start();
      const { progress, reject } = page.asked.at(-1)!;
      progress(1, 60_000, suitTable({ ending: null, task: { kind: 'speed' }, secondsLeft: 50 }));
      page.suiting.cancel();
      expect(page.asked.at(-1)!.body).toEqual({ type: 'cancelSuit' });
      reject(failure(code, message));
      await search;
      expect(page.state()).toMatchObject({
        isRunning: false,
        problem: message,
        table: { task: null, secondsLeft: null },
      });
    }
  });

  it('forgets everything with other images, and ignores a late answer', async () => {
    const page = opened();
    page.withImages();
    void page.suiting.start();
    page.asked[0]!.progress(1, 60_000, suitTable({ ending: null }));
    page.withImages();
    expect(page.asked[1]!.body).toEqual({ type: 'cancelSuit' });
    expect(page.state()).toMatchObject({ isRunning: false, table: null, problem: null });
    page.asked[0]!.progress(2, 60_000, suitTable());
    page.asked[0]!.resolve(suitTable());
    await settled();
    expect(page.state().table).toBeNull();
  });

  it('applies a candidate as a new run, and says where the run before is', async () => {
    const page = opened();
    page.withImages();
    const table = suitTable();
    page.suiting.store.setState({ table });
    await page.suiting.apply(1);
    expect(page.replaced).toEqual([table.entries[1]!.config]);
    expect(page.noticeStore.getState().notices).toEqual([]);
    page.runStore.setState({ active: activeRun(page.config), step: 20 });
    await page.suiting.apply(0);
    await page.suiting.apply(9);
    expect(page.replaced[1]).toEqual(table.entries[0]!.config);
    expect(page.replaced).toHaveLength(2);
    expect(page.noticeStore.getState().notices).toHaveLength(1);
  });
});
