import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../../src/domain/presets';
import type { RunConfig } from '../../../../src/domain/runConfig';
import type { SuitTable } from '../../../../src/domain/suiting/suitTable';
import { suitVerdict } from '../../../../src/domain/suiting/verdict';
import { candidatesAround } from '../../../../src/engine/run/suit/candidates';
import { asMeasured, withinTime } from '../../../../src/engine/run/suit/planning';
import { type ShortRuns, searchSettings } from '../../../../src/engine/run/suit/search';
import { StepTimer } from '../../../../src/engine/run/suit/stepTimer';

const OWN = presetConfig('tiny', 'fashion-mnist');
const CANDIDATES = candidatesAround(OWN, 16, () => true);
const EXACT = { batchSize: 64, imagesOfRun: 1e9 };

/** A machine on which a run takes `fixed` + `perImage` for each of its images, in ms, and a candidate has a score. */
function machine(scores: readonly (number | 'diverged')[], { fixed = 500, perImage = 0.5, slower = 1 } = {}) {
  let time = 0;
  const trained: [entry: number, images: number][] = [];
  const now = () => time;
  const runsWithin = (left: () => number): ShortRuns => ({
    async run(config, images, onShare) {
      const entry = CANDIDATES.indexOf(config);
      trained.push([entry, images]);
      onShare(0.5);
      const cost = { fixed, perImage: slower * perImage };
      time += fixed + images * cost.perImage;
      if (left() <= 0) return { outcome: null, cost };
      const value = scores[entry] ?? 0.1;
      if (value === 'diverged') return { outcome: { kind: 'diverged' }, cost };
      return { outcome: { kind: 'score', value, standardError: 0.02 }, cost };
    },
    async speed() {
      time += fixed + 640 * perImage;
      return left() <= 0 ? null : { fixed, perImage };
    },
    relativeCost: () => 1,
  });
  return { now, trained, runsWithin };
}

async function search(scores: readonly (number | 'diverged')[], milliseconds: number | null, speed = {}) {
  const { now, trained, runsWithin } = machine(scores, speed);
  const planning = milliseconds === null ? asMeasured() : withinTime(milliseconds, EXACT, now);
  const tables: SuitTable[] = [];
  const table = await searchSettings(CANDIDATES, {
    measure: 'knn',
    tested: 400,
    planning,
    runs: runsWithin(() => planning.left()),
    onTable: (shown) => tables.push(shown),
  });
  return { table, tables, trained, took: now() };
}

const entriesOf = (trained: readonly [number, number][], images: number) =>
  trained.filter(([, n]) => n === images).map(([entry]) => entry);

describe('successive halving', () => {
  it('trains the better half for twice as long, and the person’s settings to the end', async () => {
    const { table, trained } = await search([0.1, 0.3, 0.5, 0.2, 0.4, 0.15, 0.6, 0.05], null);
    expect(entriesOf(trained, 2560)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(entriesOf(trained, 5120)).toEqual([0, 6, 2, 4, 1]);
    expect(entriesOf(trained, 10_240)).toEqual([0, 6, 2]);
    expect(table).toMatchObject({ ending: 'complete', task: null });
    expect(table.rounds.map(({ candidates }) => candidates)).toEqual([8, 5, 3]);
    expect(table.entries.map(({ outAfter }) => outAfter)).toEqual([null, 1, null, 0, 1, 0, null, 0]);
    expect(suitVerdict(table)).toMatchObject({ kind: 'ahead', entry: 6, round: 2 });
  });

  it('trains one fewer where the person’s settings are among the better half', async () => {
    const { trained, table } = await search([0.9, 0.3, 0.5, 0.2, 0.4, 0.15, 0.6, 0.05], null);
    expect([5120, 10_240].map((images) => entriesOf(trained, images))).toEqual([
      [0, 6, 2, 4],
      [0, 6],
    ]);
    expect(suitVerdict(table)).toMatchObject({ kind: 'keep', entry: 6 });
  });

  it('puts candidates that diverge last, and trains them no more', async () => {
    const scores = ['diverged', 0.3, 'diverged', 'diverged', 'diverged', 'diverged', 'diverged', 0.01] as const;
    const { trained, table } = await search(scores, null);
    expect(trained.slice(8)).toEqual([
      [1, 5120],
      [7, 5120],
      [1, 10_240],
      [7, 10_240],
    ]);
    expect(suitVerdict(table)).toMatchObject({ kind: 'own-diverged', entry: 1, round: 2 });
    const none = await search(Array(16).fill('diverged'), null);
    expect(none.trained).toHaveLength(8);
    expect(suitVerdict(none.table)).toMatchObject({ kind: 'all-diverged' });
  });
});

describe('a search within a time', () => {
  it.each([60_000, 180_000, 600_000])('of %i ms ends in time', async (milliseconds) => {
    for (const speed of [{ perImage: 0.2 }, { perImage: 2 }, { perImage: 1, fixed: 2000 }]) {
      const { table, took } = await search([0.1, 0.3], milliseconds, speed);
      expect(table.ending).toBe('complete');
      expect(took).toBeLessThanOrEqual(milliseconds);
      expect(took).toBeGreaterThan(0.6 * milliseconds);
    }
  });

  it('shows the plan before a round, what is left, and the outcomes as they come', async () => {
    const { tables } = await search([0.1, 0.3], 60_000);
    expect(tables[0]).toMatchObject({ task: { kind: 'speed' }, rounds: [], secondsLeft: 60 });
    expect(tables[1]).toMatchObject({ task: { kind: 'run', round: 0, entry: 0, share: 0 } });
    expect(tables[1]!.rounds.length).toBeGreaterThan(1);
    expect(tables[2]).toMatchObject({ task: { share: 0.5 } });
    expect(tables[2]!.entries[0]!.outcomes).toEqual([]);
    expect(tables[3]!.entries[0]!.outcomes).toEqual([{ kind: 'score', value: 0.1, standardError: 0.02 }]);
    const left = tables.slice(1, -1).map(({ secondsLeft }) => secondsLeft!);
    expect(left[0]).toBeGreaterThan(40);
    expect(Math.max(...left)).toBeLessThanOrEqual(60);
    expect(left.at(-1)).toBeLessThan(12);
    expect(tables.at(-1)).toMatchObject({ task: null, ending: 'complete', secondsLeft: null });
  });

  it('plans shorter rounds where runs take longer than was measured', async () => {
    const planned = await search([0.1, 0.3], 60_000, { perImage: 0.5 });
    const slower = await search([0.1, 0.3], 60_000, { perImage: 0.5, slower: 1.5 });
    expect(slower.table.rounds[0]).toEqual(planned.table.rounds[0]);
    expect(slower.table.rounds[1]!.images).toBeLessThan(planned.table.rounds[1]!.images);
    expect(slower.took).toBeLessThan(60_000);
  });

  it('ends where the time is over, with a verdict by what was measured', async () => {
    const { table } = await search([0.1, 0.3], 60_000, { perImage: 0.5, slower: 7 });
    expect(table.ending).toBe('out-of-time');
    const measured = table.entries.filter(({ outcomes }) => outcomes[0] !== undefined).length;
    expect(measured).toBeGreaterThan(1);
    expect(measured).toBeLessThan(table.entries.length);
    expect(suitVerdict(table)).toMatchObject({ kind: 'ahead', entry: 1, round: 0 });
  });

  it('says how long it would take where the time is too short', async () => {
    const { table, trained } = await search([0.1, 0.3], 60_000, { perImage: 50 });
    expect(table).toMatchObject({ ending: 'too-slow', rounds: [], secondsNeeded: expect.closeTo(72.2, 1) });
    expect([trained, suitVerdict(table)]).toEqual([[], { kind: 'unknown' }]);
    expect((await search([], 60_000, { fixed: 90_000 })).table.ending).toBe('out-of-time');
  });
});

describe('the candidates', () => {
  const grid = (own: RunConfig, fits: (config: RunConfig) => boolean = () => true) => candidatesAround(own, 1000, fits);

  it('are the person’s settings and others around them', () => {
    const own: RunConfig = { ...OWN, imageSize: 64, seed: 5, weightDecay: 0.001, baseLearningRate: 0.06 };
    const [first, ...others] = grid(own);
    expect(first).toBe(own);
    expect(others).toHaveLength(3 * 3 * 3 * 2 - 1);
    expect(new Set(grid(own).map((config) => JSON.stringify(config))).size).toBe(54);
    for (const { imageSize, seed, weightDecay, backbone, preset } of others) {
      expect([imageSize, seed, weightDecay, backbone, preset]).toEqual([64, 5, 0.001, own.backbone, 'tiny']);
    }
    const rates = others.filter(({ method }) => method === 'simsiam').map(({ baseLearningRate }) => baseLearningRate);
    expect([...new Set(rates)].sort()).toEqual([0.02, 0.06, 0.18]);
    expect(candidatesAround(own, 8, () => true)).toHaveLength(8);
  });

  it('have their own method and crop among them, and are as long in images', () => {
    const crop = { ...OWN.augment.crop, scaleMin: 0.35 };
    const own = { ...presetConfig('tiny', 'folder', 'swav'), augment: { ...OWN.augment, crop }, totalSteps: 501 };
    const all = grid(own);
    expect(new Set(all.map(({ method }) => method))).toEqual(new Set(['simsiam', 'byol', 'simclr', 'swav']));
    expect(all.some(({ method, augment }) => method === 'byol' && augment.crop.scaleMin === 0.35)).toBe(true);
    const lengths = new Map(all.map(({ batchSize, totalSteps }) => [batchSize, totalSteps]));
    expect([...lengths]).toEqual(
      expect.arrayContaining([
        [own.batchSize, 501],
        [2 * own.batchSize, 251],
      ]),
    );
  });

  it('switch crops on only where they try others', () => {
    const own = { ...OWN, augment: { ...OWN.augment, crop: { ...OWN.augment.crop, enabled: false } } };
    const cropsOf = (scaleMin: number) =>
      new Set(grid(own).flatMap(({ augment: { crop } }) => (crop.scaleMin === scaleMin ? [crop.enabled] : [])));
    expect([cropsOf(0.2), cropsOf(0.08)]).toEqual([new Set([false]), new Set([true])]);
  });

  it('have half the batch where the double does not fit, and none that does not fit', () => {
    const few = grid(OWN, ({ batchSize }) => batchSize <= 32);
    expect(new Set(few.map(({ batchSize }) => batchSize))).toEqual(new Set([32, 16]));
    expect(grid(OWN, () => false)).toEqual([OWN]);
  });
});

describe('the time of a short run', () => {
  it('is divided into that of its images and the rest, without the first steps', () => {
    let time = 100;
    const timer = new StepTimer(10, () => time);
    for (const [step, takes] of [
      [1, 900],
      [2, 50],
      [3, 20],
      [4, 20],
    ] as const) {
      time += takes;
      timer.stepped(step);
    }
    expect(timer.cost(2000)).toEqual({ fixed: 2000 - 40 * 2, perImage: 2 });
  });

  it('is that of all steps where there are few', () => {
    let time = 0;
    const timer = new StepTimer(10, () => time);
    time = 100;
    timer.stepped(1);
    expect(timer.cost(300)).toEqual({ fixed: 200, perImage: 10 });
  });
});
