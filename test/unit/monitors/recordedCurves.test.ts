import { describe, expect, it } from 'vitest';
import type { RecordedCurve } from '../../../scripts/curves/recordedCurve';
import { cameTo } from '../../../src/domain/diagnosis/cameTo';
import { DIAGNOSIS_STATES, type DiagnosisState } from '../../../src/domain/diagnosis/states';
import { truthOf } from '../../setup/curveTruth';
import { configOf, recordedCurves, replayed } from '../../setup/recordedCurves';

/** The thresholds of the diagnosis are fitted on the curves of seeds 1 to 3, and scored on those of other seeds. */
const FITTED_SEEDS = 3;
/** At most this share of the curves may have a false alarm. */
const MOST_FALSE_ALARMS = 0.02;
/** At most this share of the states that must be reported may be missed. */
const MOST_MISSES = 0.05;
/** Curves to score on, and among them of each failure. */
const LEAST_SCORED = 150;
const LEAST_OF_EACH = 15;

const FAILURES = Object.entries(DIAGNOSIS_STATES)
  .filter(([, { isFailure }]) => isFailure)
  .map(([state]) => state as DiagnosisState);

interface Score {
  readonly curves: number;
  readonly falseAlarms: readonly string[];
  readonly misses: readonly string[];
  /** By state: curves that must have it, those that miss it, and those that have it by mistake. */
  readonly table: ReadonlyMap<DiagnosisState, { must: number; missed: number; falseAlarms: number }>;
}

const nameOf = ({ run, seed, engine }: RecordedCurve) => `${run}, seed ${seed}, ${engine}`;

function scoreOf(curves: readonly RecordedCurve[]): Score {
  const table = new Map(FAILURES.map((state) => [state, { must: 0, missed: 0, falseAlarms: 0 }]));
  const falseAlarms: string[] = [];
  const misses: string[] = [];
  for (const curve of curves) {
    const { must, may } = truthOf(curve);
    const reported = new Map<DiagnosisState, number>();
    for (const { step, diagnosis } of replayed(curve)) {
      if (!reported.has(diagnosis.state)) reported.set(diagnosis.state, step);
    }
    const wrong = FAILURES.filter((state) => reported.has(state) && !may.has(state));
    for (const state of wrong) (table.get(state) ?? { falseAlarms: 0 }).falseAlarms += 1;
    if (wrong.length > 0) falseAlarms.push(`${nameOf(curve)}: ${wrong.join(', ')}`);
    for (const [state, by] of must) {
      const row = table.get(state);
      if (row === undefined) continue;
      row.must += 1;
      const at = reported.get(state);
      if (at !== undefined && at <= by) continue;
      row.missed += 1;
      misses.push(`${nameOf(curve)}: ${state} by step ${by}, reported ${at === undefined ? 'never' : `at ${at}`}`);
    }
  }
  return { curves: curves.length, falseAlarms, misses, table };
}

const mustOf = ({ table }: Score) => [...table.values()].reduce((sum, { must }) => sum + must, 0);

/** The score as Markdown, for docs/diagnosis.md. */
function written(title: string, score: Score): string {
  const rows = [...score.table].map(
    ([state, { must, missed, falseAlarms }]) => `| ${state} | ${must} | ${missed} | ${falseAlarms} |`,
  );
  const list = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${heading}:\n\n${lines.map((line) => `- ${line}`).join('\n')}`];
  return [
    `## ${title}`,
    `${score.curves} curves: ${score.falseAlarms.length} with a false alarm; ${score.misses.length} of ${mustOf(score)} states missed.`,
    ['| State | Curves that have it | Missed | False alarms |', '|---|---:|---:|---:|', ...rows].join('\n'),
    ...list('False alarms', score.falseAlarms),
    ...list('Misses', score.misses),
  ].join('\n\n');
}

const INTRODUCTION = `# False alarms and misses of the diagnosis

The curves of real runs in \`test/fixtures/curves/\` are replayed through the diagnosis (\`src/engine/monitors/diagnosis.ts\`). What each run
really did is determined in hindsight by \`test/setup/curveTruth.ts\`: by what was switched and when, by its std, rank and loss up to its end,
and by its kNN accuracy beside that of the untrained network. A false alarm is a failure that a run did not come near, a miss is a state that
it clearly had and that was not reported in time. At most 2 % of the curves may have a false alarm, and at most 5 % of the states may be
missed. The thresholds were chosen on seeds 1 to 3; the other seeds only score them.

\`npx vitest run --project unit test/unit/monitors/recordedCurves.test.ts -u\` writes this file.`;

const curves = recordedCurves();
const held = curves.filter(({ seed }) => seed > FITTED_SEEDS);

describe('the diagnosis of recorded runs', () => {
  it('has few false alarms and few misses, as docs/diagnosis.md counts them', async () => {
    const sets = [
      { title: 'Curves that it was fitted on', some: curves.filter(({ seed }) => seed <= FITTED_SEEDS) },
      { title: 'Curves that it is scored on', some: held },
    ];
    const scores = sets.map(({ title, some }) => ({ title, score: scoreOf(some) }));
    const text = [INTRODUCTION, ...scores.map(({ title, score }) => written(title, score))].join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot('../../../docs/diagnosis.md');
    for (const { title, score } of scores) {
      const { falseAlarms, misses } = score;
      expect(falseAlarms.length, title).toBeLessThanOrEqual(MOST_FALSE_ALARMS * score.curves);
      expect(misses.length, title).toBeLessThanOrEqual(MOST_MISSES * mustOf(score));
    }
  });

  it('is scored on enough curves, and on enough of each failure', () => {
    expect(held.length).toBeGreaterThanOrEqual(LEAST_SCORED);
    for (const [state, { must }] of scoreOf(held).table) expect(must, state).toBeGreaterThanOrEqual(LEAST_OF_EACH);
  });
});

describe.each([...new Set(curves.map(({ run }) => run))])('at every step of %s', (run) => {
  const own = curves.filter((curve) => curve.run === run);

  it('a run whose std is under 80 % of its early level and falls is never learning', () => {
    for (const curve of own) {
      const std = curve.std.map((value) => value ?? Number.NaN);
      const early = Math.max(...std.slice(0, 10));
      const mean = (end: number) =>
        std.slice(Math.max(0, end - 10), end).reduce((a, b) => a + b, 0) / Math.min(10, end);
      for (const { step, diagnosis } of replayed(curve)) {
        const falls = step > 30 && mean(step) < 0.95 * mean(step - 10) && mean(step - 10) < 0.95 * mean(step - 20);
        if (!falls || Math.max(mean(step), std[step - 1] ?? 0) >= 0.8 * early) continue;
        expect(diagnosis.state, `${nameOf(curve)}, step ${step}`).not.toBe('learning');
      }
    }
  });

  it('a run whose std is above 30 % of its early level is never collapsed', () => {
    for (const curve of own) {
      const early = Math.max(...curve.std.slice(0, 10).map((value) => value ?? 0));
      for (const { step, diagnosis } of replayed(curve)) {
        if ((curve.std[step - 1] ?? 0) <= 0.3 * early) continue;
        expect(diagnosis.state, `${nameOf(curve)}, step ${step}`).not.toBe('collapsed');
      }
    }
  });

  it('the accuracy of a finished run is compared with the untrained network and raw pixels wherever kNN was measured', () => {
    for (const { knn, ...curve } of own) {
      if (knn === null) continue;
      const { k, temperature, bank } = configOf({ ...curve, knn }).knn;
      const shares = { untrained: knn.untrained / 10_000, rawPixels: knn.rawPixels / 10_000 };
      const measured = { k, temperature, bank, queries: knn.queries, chance: 0.1, ...shares };
      const came = cameTo({ knn: knn.last / 10_000 }, { knn: measured, viewRetrieval: null });
      expect(came?.untrained.value).toBe(shares.untrained);
      expect(came?.rawPixels.value).toBe(shares.rawPixels);
    }
  });
});
