import { describe, expect, it } from 'vitest';
import type { RecordedCurve } from '../../../scripts/curves/recordedCurve';
import type { Baselines, Diagnosis, Measurement } from '../../../src/domain/measurement';
import { METHODS } from '../../../src/domain/methods/registry';
import { FIRST_STEPS } from '../../../src/engine/monitors/outputWatch';
import { EARLY_STEPS } from '../../../src/session/run/course';
import { reduceSignal } from '../../../src/session/run/runEvents';
import { createRunStore, type RunStoreState } from '../../../src/session/run/runStore';
import { type Status, statusOf } from '../../../src/ui/status/statusText';
import { activeRun } from '../../setup/activeRun';
import { LONG, sampleOf } from '../../setup/matrix';
import { configOf, measurementsOf, recordedCurves, replayed, runOf } from '../../setup/recordedCurves';
import { contradictions, type Facts } from '../../setup/statusCheck';

/** The page receives measurements at most ten times a second, and a diagnosis at once: by so many steps it is ahead of them, or behind. */
const LAGS = [-3, 0, 20];
/** Those that are not 0 are tried on the curves of these first seeds only, since the sentences of all curves take long. */
const LAGGING_SEEDS = LONG ? 3 : 1;
/** Those of 0 in the short run. */
const SEEDS = 3;
/** Characters of a title with its sentence, so that it fits into three lines of a phone. */
const LONGEST = 160;

const curves = recordedCurves();
const nameOf = ({ run, seed, engine }: RecordedCurve) => `${run}, seed ${seed}, ${engine}`;

function baselinesOf({ knn, ...curve }: RecordedCurve): Baselines {
  const { outputDim, probe, knn: asked } = configOf({ ...curve, knn });
  return {
    inverseSqrtD: 1 / Math.sqrt(outputDim),
    rankBound: Math.min(probe.images, outputDim),
    backboneRankBound: 64,
    viewRetrieval: null,
    knn:
      knn === null
        ? null
        : {
            ...asked,
            queries: knn.queries,
            chance: 0.1,
            untrained: knn.untrained / 10_000,
            rawPixels: knn.rawPixels / 10_000,
          },
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Methods that have no stop-gradient to switch. */
const WITHOUT_SWITCH = ['simclr', 'barlowTwins'];

/** The facts after a step, from the curve alone. */
function factsOf(curve: RecordedCurve): (step: number) => Facts {
  const { config, changes } = runOf(curve);
  const std = curve.std.map((value) => (value ?? Number.NaN) / 1000);
  const loss = curve.loss.map((value) => (value ?? Number.NaN) / 1000);
  const leastLoss = METHODS[config.method].lossRange(config)?.[0] ?? null;
  const { knn } = curve;
  return (step) => {
    const ranks = curve.rank.filter(([at]) => at <= step).map(([, rank]) => rank / 10);
    const switched = changes.filter(([at, key]) => key === 'stopGradient' && at <= step).at(-1);
    return {
      loss: loss[step - 1]!,
      firstLoss: loss[0]!,
      leastLoss,
      std: std[step - 1]!,
      earlyStd: Math.max(...std.slice(0, Math.min(step, 10))),
      stdNow: step < 25 ? null : mean(std.slice(step - 5, step)),
      stdBefore: step < 25 ? null : mean(std.slice(step - 25, step - 20)),
      rank: ranks.at(-1) ?? null,
      highestRank: Math.max(...ranks),
      lossesOfLate: loss.slice(Math.max(0, step - 25), step),
      lacksStopGradient: !(switched?.[2] ?? config.stopGradient) && !WITHOUT_SWITCH.includes(config.method),
      knn: knn === null ? null : { now: knn.last / 10_000, untrained: knn.untrained / 10_000 },
    };
  };
}

/** The states of the run store after each step, with a diagnosis that is `lag` steps ahead of the numbers. */
function* storeStates(curve: RecordedCurve, lag: number): Generator<RunStoreState> {
  const { config, changes } = runOf(curve);
  let state: RunStoreState = {
    ...createRunStore(config).getState(),
    active: activeRun(config),
    runState: 'training',
    changes,
    baselines: baselinesOf(curve),
  };
  const byStep = new Map<number, Diagnosis>(replayed(curve).map(({ step, diagnosis }) => [step, diagnosis]));
  const take = (value: readonly Measurement[]) => {
    state = { ...state, ...reduceSignal(state, { kind: 'measurements', value }) };
  };
  for (const measurement of measurementsOf(curve)) {
    take([measurement]);
    const { step } = measurement;
    if (measurement.loss === undefined || !Number.isFinite(measurement.loss)) continue;
    state = { ...state, diagnosis: byStep.get(step + lag) ?? state.diagnosis };
    yield state;
  }
}

const shown = (run: RunStoreState): Status =>
  statusOf({ engine: { state: 'ready' }, data: { info: null, loading: null, wanted: null }, problem: null, run });

describe.each([...new Set(curves.map(({ run }) => run))])('of every curve of “%s”, at every step', (run) => {
  it.each(LAGS)('the status says nothing that its numbers contradict, with a diagnosis %i steps ahead', (lag) => {
    const ofRun = curves.filter((each) => each.run === run);
    const tried =
      lag === 0 ? sampleOf(ofRun, ({ seed }) => seed <= SEEDS) : ofRun.filter(({ seed }) => seed <= LAGGING_SEEDS);
    expect(tried).not.toEqual([]);
    for (const curve of tried) {
      const { outputDim } = configOf(curve);
      const facts = factsOf(curve);
      for (const state of storeStates(curve, lag)) {
        const status = shown(state);
        const wrong = contradictions(status, facts(state.step), outputDim);
        if (wrong.length > 0) {
          expect.unreachable(
            `${nameOf(curve)}, step ${state.step}: “${status.title} ${status.text}”: ${wrong.join('; ')}`,
          );
        }
        const line = `${status.title} ${status.text}`;
        if (line.length > LONGEST) expect.unreachable(`too long: ${line}`);
      }
    }
  });

  it('a finished run says what it came to, and is not green', () => {
    for (const curve of curves.filter((each) => each.run === run)) {
      const last = [...storeStates(curve, 0)].at(-1)!;
      if (curve.knn === null || last.diagnosis?.state === 'diverged') continue;
      const status = shown({ ...last, runState: 'finished', latest: { ...last.latest, knn: curve.knn.last / 10_000 } });
      expect(status.text).toMatch(/(Better|Worse|No better) than before training: kNN .* untrained .* raw pixels/);
      expect(status.tone).not.toBe('good');
      const wrong = contradictions(status, factsOf(curve)(last.step), configOf(curve).outputDim);
      expect(wrong, `${nameOf(curve)}: ${status.title} ${status.text}`).toEqual([]);
    }
  });
});

describe('the check of the sentences', () => {
  const healthy = curves.find(({ run }) => run === 'SimSiam')!;
  const collapsed = curves.find(({ run }) => run === 'no stop-gradient')!;

  it.each([
    [
      healthy,
      300,
      { tone: 'warning', title: 'Collapsed at step 40.', text: 'Every image has nearly the same output.' },
    ],
    [healthy, 300, { tone: 'warning', title: 'Narrowing since step 40.', text: '' }],
    [healthy, 300, { tone: 'plain', title: '', text: 'The std rises again.' }],
    [healthy, 300, { tone: 'plain', title: '', text: 'The loss stays high.' }],
    [healthy, 300, { tone: 'plain', title: '', text: 'Outputs still differ, but along 3.0 directions of 64.' }],
    [healthy, 300, { tone: 'plain', title: 'Stop-gradient is off.', text: '' }],
    [healthy, 300, { tone: 'plain', title: '', text: 'It is now std 0.0189 of 0.1250.' }],
    [collapsed, 300, { tone: 'good', title: 'Learning.', text: '' }],
    [collapsed, 300, { tone: 'plain', title: '', text: 'Different images stay apart.' }],
    [collapsed, 300, { tone: 'plain', title: '', text: 'The two views of one hardly agree yet.' }],
    [collapsed, 300, { tone: 'plain', title: '', text: 'So this is no collapse.' }],
  ] as const)('finds a wrong sentence planted in %o', (curve, step, status) => {
    expect(contradictions(status, factsOf(curve)(step), configOf(curve).outputDim)).not.toEqual([]);
  });

  it('and the early level is that of the diagnosis', () => expect(EARLY_STEPS).toBe(FIRST_STEPS));
});
