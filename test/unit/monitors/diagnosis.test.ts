import { describe, expect, it } from 'vitest';
import type { Diagnosis, Measurement } from '../../../src/domain/measurement';
import { RunDiagnosis } from '../../../src/engine/monitors/diagnosis';

/** The vertices (step, value) of a curve. */
type Curve = readonly (readonly [step: number, value: number])[];

/** Measured values of one run; the std in units of 1/sqrt(d). */
interface Run {
  readonly d: number;
  readonly loss: Curve;
  readonly std: Curve;
  readonly rank?: Curve;
}

/** Linear interpolation between the vertices, constant beyond them. */
function at(curve: Curve, step: number): number {
  const next = curve.findIndex(([corner]) => corner >= step);
  if (next === 0) return curve[0][1];
  if (next === -1) return curve[curve.length - 1][1];
  const [s0, v0] = curve[next - 1];
  const [s1, v1] = curve[next];
  return v0 + ((v1 - v0) * (step - s0)) / (s1 - s0);
}

/** The run as the trainer reports it: rank at step 0 and every 25 steps, loss and std every step, both with batch noise. */
function* measurements({ d, loss, std, rank }: Run, steps: number): Generator<Measurement> {
  for (let step = 0; step <= steps; step++) {
    if (step > 0) {
      const noise = Math.sin(step * 12.9898);
      const noisyLoss = Math.max(-1, at(loss, step) + 0.1 * (1 + at(loss, step)) * noise);
      yield { step, loss: noisyLoss, outputStd: (at(std, step) * (1 + 0.03 * noise)) / Math.sqrt(d) };
    }
    if (rank !== undefined && step % 25 === 0) yield { step, effectiveRank: at(rank, step) };
  }
}

function diagnosisOf(d: number, lossRange: readonly [number, number] | null = [-1, 0]): RunDiagnosis {
  return new RunDiagnosis({ outputDim: d, rankBound: Math.min(512, d), lossRange });
}

interface Change {
  readonly step: number;
  readonly diagnosis: Diagnosis;
}

/** Every change of state, with the step at which it was diagnosed. */
function changes(run: Run, steps: number, items: Iterable<Measurement> = measurements(run, steps)): Change[] {
  const diagnosis = diagnosisOf(run.d);
  const seen: Change[] = [];
  for (const measurement of items) {
    const next = diagnosis.add(measurement);
    if (next.state !== seen.at(-1)?.diagnosis.state) seen.push({ step: measurement.step, diagnosis: next });
  }
  return seen;
}

const states = (seen: readonly Change[]) => seen.map(({ diagnosis }) => diagnosis.state);

/** Reference runs with stop-gradient: none may be diagnosed as anything but learning. */
const HEALTHY: Record<string, Run & { readonly steps: number }> = {
  'BN on hidden layers, d 256': {
    d: 256,
    steps: 300,
    loss: [
      [1, 0],
      [10, -0.4],
      [50, -0.65],
      [100, -0.7],
      [300, -0.82],
    ],
    std: [
      [1, 0.79],
      [25, 0.81],
      [300, 0.82],
    ],
    rank: [
      [0, 114],
      [25, 70],
      [75, 70],
      [150, 57],
      [300, 47],
    ],
  },
  // Measured up to step 300 and at the end; the values between are assumed.
  'BN on hidden layers, 8,000 steps, ending at rank 15 with kNN at its best': {
    d: 256,
    steps: 8000,
    loss: [
      [1, 0],
      [50, -0.65],
      [300, -0.82],
      [1200, -0.88],
      [8000, -0.955],
    ],
    std: [
      [1, 0.79],
      [300, 0.82],
      [8000, 0.92],
    ],
    rank: [
      [0, 114],
      [25, 70],
      [300, 47],
      [1200, 45],
      [4000, 22],
      [8000, 15],
    ],
  },
  'BN on the output, the largest fall of the rank seen': {
    d: 256,
    steps: 1200,
    loss: [
      [1, 0],
      [25, -0.33],
      [50, -0.55],
      [300, -0.8],
      [1200, -0.86],
    ],
    std: [
      [1, 0.99],
      [1200, 0.99],
    ],
    rank: [
      [0, 127],
      [25, 79],
      [50, 69],
      [75, 52],
      [200, 39],
      [275, 37],
      [300, 40],
      [1200, 60],
    ],
  },
  'tiny, BN on the output': {
    d: 64,
    steps: 400,
    loss: [
      [1, 0],
      [50, -0.52],
      [100, -0.44],
      [200, -0.78],
      [400, -0.87],
    ],
    std: [
      [1, 0.99],
      [400, 0.99],
    ],
    rank: [
      [0, 33.6],
      [25, 25],
      [75, 18.6],
      [400, 15.4],
    ],
  },
};

describe.each(Object.entries(HEALTHY))('healthy: %s', (_, run) => {
  it('is starting, then learning throughout', () => {
    const seen = changes(run, run.steps);
    expect(states(seen)).toEqual(['starting', 'learning']);
    expect(seen[1].step).toBe(10);
  });
});

/** Without BN in the heads: near agreement, but not constant. */
const NO_BATCH_NORM: Run & { readonly steps: number } = {
  d: 64,
  steps: 400,
  loss: [
    [1, -0.05],
    [10, -0.85],
    [25, -0.96],
    [50, -0.988],
    [400, -0.992],
  ],
  std: [
    [1, 0.267],
    [5, 0.26],
    [10, 0.187],
    [50, 0.127],
    [300, 0.115],
    [400, 0.127],
  ],
  rank: [
    [0, 7.4],
    [25, 4.4],
    [400, 3.65],
  ],
};

it('a run that keeps under half of its early std has narrowed, which is not a collapse', () => {
  const seen = changes(NO_BATCH_NORM, NO_BATCH_NORM.steps);
  expect(states(seen)).toEqual(['starting', 'narrowing']);
  expect(seen[1].step).toBe(10);
});

describe('narrowing', () => {
  const wide = (std: Curve): Run => ({
    d: 64,
    loss: [
      [1, 0],
      [100, -0.7],
    ],
    std,
  });

  it('is reported while a std under 80 % of its early level falls, however slowly, with the share that is left', () => {
    const slow = changes(
      wide([
        [1, 0.8],
        [10, 0.8],
        [2000, 0.5],
      ]),
      2000,
    );
    expect(states(slow)).toEqual(['starting', 'learning', 'narrowing']);
    const { diagnosis } = slow[2];
    if (diagnosis.state !== 'narrowing') throw new Error('unreachable');
    expect(diagnosis.share).toBeGreaterThan(0.75);
    expect(diagnosis.share).toBeLessThan(0.8);
  });

  it('follows a fast fall within a few steps', () => {
    const fast = changes(
      wide([
        [1, 0.8],
        [100, 0.8],
        [110, 0.3],
      ]),
      130,
    );
    expect(states(fast)).toEqual(['starting', 'learning', 'narrowing']);
    expect(fast[2].step).toBeLessThan(110);
  });

  it('ends above half when the std no longer falls, and not below half', () => {
    const to = (level: number) =>
      states(
        changes(
          wide([
            [1, 0.8],
            [100, 0.8],
            [150, level],
            [1000, level],
          ]),
          1000,
        ),
      );
    expect(to(0.6)).toEqual(['starting', 'learning', 'narrowing', 'learning']);
    expect(to(0.36)).toEqual(['starting', 'learning', 'narrowing']);
    expect(to(0.7)).toEqual(['starting', 'learning']);
  });
});

describe('stop-gradient on again', () => {
  /** Stop-gradient off for 100 steps; then the std follows `after`. */
  const replayed = (after: Curve) => {
    const run: Run = {
      d: 64,
      loss: [
        [1, 0],
        [100, -0.8],
        [160, -0.99],
        [500, -0.99],
      ],
      std: [[1, 0.8], [100, 0.8], [160, 0.12], [200, 0.1], ...after],
    };
    const diagnosis = diagnosisOf(64);
    const seen: Change[] = [];
    for (const measurement of measurements(run, 500)) {
      const next = diagnosis.add(measurement);
      if (next.state !== seen.at(-1)?.diagnosis.state) seen.push({ step: measurement.step, diagnosis: next });
      if (measurement.step === 100) diagnosis.changed(100, 'stopGradient', false);
      if (measurement.step === 200) diagnosis.changed(200, 'stopGradient', true);
    }
    return seen;
  };

  it('the std stays low: stuck after 100 steps', () => {
    const seen = replayed([[500, 0.115]]);
    expect(states(seen)).toEqual(['starting', 'learning', 'narrowing', 'collapsed', 'stuck']);
    expect(seen[4].step).toBe(300);
  });

  it('the std rises: recovering, and learning once it is back', () => {
    const seen = replayed([[300, 0.8]]);
    expect(states(seen)).toEqual(['starting', 'learning', 'narrowing', 'collapsed', 'recovering', 'learning']);
    expect(seen[4].step).toBeGreaterThan(200);
    expect(seen[4].step).toBeLessThan(220);
  });

  it('the std rises and stops under half: stuck', () => {
    const seen = replayed([[240, 0.3]]);
    expect(states(seen).slice(3)).toEqual(['collapsed', 'recovering', 'narrowing', 'stuck']);
  });
});

/** The predictor stays at its random start. */
const FIXED_PREDICTOR: Run & { readonly steps: number } = {
  d: 64,
  steps: 300,
  loss: [
    [1, 0.03],
    [50, -0.16],
    [300, -0.2],
  ],
  std: [
    [1, 0.71],
    [10, 0.74],
    [300, 0.62],
  ],
  rank: [
    [0, 28.8],
    [25, 20],
    [300, 13.5],
  ],
};

it('a fixed predictor: the loss stays high, which is not a collapse', () => {
  const seen = changes(FIXED_PREDICTOR, FIXED_PREDICTOR.steps);
  expect(states(seen)).toEqual(['starting', 'learning', 'no-convergence']);
  expect(seen.at(-1)?.step).toBe(300);
});

/** Stop-gradient off from the start, BN on hidden layers: the std goes to 0. */
const COLLAPSE: Run = {
  d: 256,
  loss: [
    [1, 0],
    [5, -0.45],
    [10, -0.79],
    [21, -0.95],
    [51, -0.985],
    [64, -0.99],
    [200, -0.999],
  ],
  std: [
    [1, 0.77],
    [21, 0.24],
    [51, 0.13],
    [101, 0.08],
    [200, 0.05],
  ],
  rank: [
    [0, 114],
    [25, 17],
    [50, 11],
    [100, 7.5],
    [200, 5],
  ],
};

describe('collapse', () => {
  it('is diagnosed within 60 steps of a run without stop-gradient, once', () => {
    const seen = changes(COLLAPSE, 200);
    expect(states(seen)).toEqual(['starting', 'narrowing', 'collapsed']);
    const { step, diagnosis } = seen[2];
    expect(step).toBeGreaterThan(25);
    expect(step).toBeLessThan(60);
    if (diagnosis.state !== 'collapsed') throw new Error('unreachable');
    expect(diagnosis.since).toBe(step - 4);
    expect(diagnosis.outputStd).toBeLessThan(0.3 * (0.77 / 16));
    expect(diagnosis.loss).toBeLessThan(-0.97);
  });

  it('shows the latest std and loss, and the first step of the condition', () => {
    const diagnosis = diagnosisOf(256);
    let since: number | undefined;
    let last: Diagnosis = { state: 'starting' };
    for (const measurement of measurements(COLLAPSE, 200)) {
      last = diagnosis.add(measurement);
      if (last.state === 'collapsed') since ??= last.since;
    }
    expect(last).toMatchObject({ state: 'collapsed', since });
    if (last.state === 'collapsed') expect(last.outputStd * 16).toBeCloseTo(0.05, 2);
  });

  it('of a run that was never well spread is judged against its own start', () => {
    const run: Run = {
      d: 64,
      loss: [
        [1, -0.05],
        [5, -0.96],
        [10, -0.9],
        [25, -0.985],
        [50, -0.999],
      ],
      std: [
        [1, 0.267],
        [5, 0.147],
        [10, 0.053],
        [25, 0.034],
        [100, 0.02],
      ],
      rank: [
        [0, 7.4],
        [25, 1.6],
        [100, 1.5],
      ],
    };
    expect(states(changes(run, 100))).toEqual(['starting', 'narrowing', 'collapsed']);
  });

  it('stays when stop-gradient comes back and does not help', () => {
    const run: Run = {
      d: 64,
      loss: [
        [1, 0],
        [200, -0.83],
        [300, -0.986],
        [400, -0.997],
        [500, -0.989],
        [700, -0.995],
      ],
      std: [
        [1, 0.71],
        [10, 0.74],
        [200, 0.78],
        [300, 0.26],
        [400, 0.158],
        [500, 0.166],
        [700, 0.179],
      ],
      rank: [
        [0, 28.8],
        [25, 20],
        [200, 19.6],
        [300, 7.1],
        [400, 5.1],
        [700, 5.2],
      ],
    };
    const seen = changes(run, 700);
    expect(states(seen)).toEqual(['starting', 'learning', 'narrowing', 'collapsed']);
    expect(seen[3].step).toBeGreaterThan(300);
    expect(seen[3].step).toBeLessThan(400);
  });

  it('ends when the std is back near its early level', () => {
    const run: Run = { ...COLLAPSE, rank: undefined, std: [...COLLAPSE.std, [300, 0.3], [400, 0.3], [500, 0.77]] };
    const seen = changes(run, 600);
    // It rises from step 200 to 300, and again from 400 on.
    expect(states(seen)).toEqual([
      'starting',
      'narrowing',
      'collapsed',
      'recovering',
      'narrowing',
      'recovering',
      'learning',
    ]);
    // 80 % of the early level, 0.616, is passed at 467; noise is 3 %.
    expect(seen[6].step).toBeGreaterThan(455);
    expect(seen[6].step).toBeLessThan(480);
  });

  it('needs a low std and a loss near its minimum, both for several steps', () => {
    const spread = { std: 0.8 / 16, loss: -0.5 };
    const call = (std: number, loss: number, count: number) => {
      const diagnosis = diagnosisOf(256);
      let state = '';
      for (let step = 1; step <= 40; step++) {
        const low = step > 20 && step <= 20 + count;
        state = diagnosis.add({ step, outputStd: low ? std : spread.std, loss: low ? loss : spread.loss }).state;
        if (state === 'collapsed') return state;
      }
      return state;
    };
    expect(call(0.1 / 16, -0.995, 5)).toBe('collapsed');
    expect(call(0.1 / 16, -0.995, 4)).toBe('narrowing');
    expect(call(0.1 / 16, -0.9, 20)).toBe('narrowing');
    expect(call(0.5 / 16, -0.995, 20)).toBe('narrowing');
  });

  it('is judged by the std alone where the loss has no known minimum', () => {
    const diagnosis = diagnosisOf(256, null);
    let last: Diagnosis = { state: 'starting' };
    for (let step = 1; step <= 40; step++) {
      last = diagnosis.add({ step, loss: 5.2, outputStd: (step < 20 ? 0.8 : 0.1) / 16 });
    }
    expect(last).toMatchObject({ state: 'collapsed', since: 20, loss: 5.2 });
  });
});

/** Stop-gradient off from the start, BN on the output: the std looks normal, the rank does not. */
const DIMENSIONAL: Record<string, Run> = {
  'd 256': {
    d: 256,
    loss: [
      [1, 0],
      [25, -0.63],
      [50, -0.73],
      [150, -0.88],
      [300, -0.92],
    ],
    std: [
      [1, 0.99],
      [25, 0.935],
      [150, 0.9],
      [300, 0.83],
    ],
    rank: [
      [0, 127],
      [25, 28.6],
      [50, 25],
      [75, 15],
      [100, 13],
      [200, 9.7],
      [300, 7.2],
    ],
  },
  'tiny, with a loss no lower than a healthy one': {
    d: 64,
    loss: [
      [1, 0],
      [50, -0.6],
      [100, -0.49],
      [200, -0.81],
      [300, -0.89],
    ],
    std: [
      [1, 0.99],
      [300, 0.94],
    ],
    rank: [
      [0, 33.6],
      [25, 14.6],
      [50, 13],
      [75, 7.1],
      [100, 6.7],
      [200, 6.3],
      [300, 5],
    ],
  },
  'affine BN, where the std sinks too': {
    d: 256,
    loss: [
      [1, 0],
      [51, -0.75],
      [200, -0.97],
    ],
    std: [
      [1, 1],
      [21, 0.93],
      [51, 0.7],
      [101, 0.62],
      [200, 0.3],
    ],
    rank: [
      [0, 120],
      [25, 40],
      [75, 15],
      [200, 3.5],
    ],
  },
};

describe.each(Object.entries(DIMENSIONAL))('dimensional collapse: %s', (_, run) => {
  it('is diagnosed within 200 steps, and nothing else', () => {
    const seen = changes(run, 300);
    expect(states(seen).filter((state) => state !== 'narrowing')).toEqual(['starting', 'learning', 'dimensional']);
    const { step, diagnosis } = seen[seen.length - 1];
    expect(step).toBeLessThanOrEqual(200);
    if (diagnosis.state !== 'dimensional') throw new Error('unreachable');
    expect(diagnosis.since).toBeLessThanOrEqual(step - 25);
    expect(diagnosis.startRank).toBe(run.rank?.[0][1]);
    expect(diagnosis.effectiveRank).toBeLessThan(0.22 * diagnosis.startRank);
    expect(diagnosis.outputStd * Math.sqrt(run.d)).toBeGreaterThan(0.5);
  });
});

describe('dimensional collapse', () => {
  const base = DIMENSIONAL['d 256'];

  it('after stop-gradient was switched off late is judged against the rank before', () => {
    const run: Run = {
      ...base,
      rank: [
        [0, 127],
        [300, 45],
        [3000, 45],
        [3200, 6],
      ],
    };
    const seen = changes(
      {
        ...run,
        loss: [
          [1, 0],
          [300, -0.8],
          [3200, -0.95],
        ],
        std: [[1, 0.99]],
      },
      3300,
    );
    expect(states(seen)).toEqual(['starting', 'learning', 'dimensional']);
    expect(seen[2].diagnosis).toMatchObject({ startRank: 45 });
  });

  it('is diagnosed, however slow the fall, once the rank is a small fraction of the start', () => {
    const run: Run = {
      ...base,
      std: [[1, 0.99]],
      rank: [
        [0, 120],
        [4000, 30],
        [12000, 3],
      ],
    };
    const seen = changes(run, 12000);
    expect(states(seen)).toEqual(['starting', 'learning', 'dimensional']);
    expect(seen[2].diagnosis).toMatchObject({ startRank: 120 });
  });

  it('ends when the rank is back above twice what counted as fallen', () => {
    const run: Run = {
      ...base,
      rank: [
        [0, 127],
        [100, 13],
        [300, 9],
        [400, 40],
        [500, 70],
      ],
    };
    const seen = changes(run, 500);
    expect(states(seen)).toEqual(['starting', 'learning', 'dimensional', 'learning']);
    expect(seen[3].step).toBe(500);
  });

  it('lasts as long as the rank is low, even long after the high ranks', () => {
    const run: Run = {
      ...base,
      std: [[1, 0.99]],
      rank: [
        [0, 127],
        [100, 13],
        [5000, 20],
      ],
    };
    expect(states(changes(run, 5000))).toEqual(['starting', 'learning', 'dimensional']);
  });

  it('needs more than one low rank', () => {
    const run: Run = {
      ...base,
      std: [[1, 0.99]],
      rank: [
        [0, 127],
        [100, 60],
        [125, 10],
        [150, 60],
      ],
    };
    expect(states(changes(run, 300))).toEqual(['starting', 'learning']);
  });

  it('is not diagnosed while the std is low too, but is if the std stays above 0', () => {
    const run: Run = {
      ...base,
      std: [
        [1, 0.99],
        [40, 0.4],
        [100, 0.3],
      ],
    };
    const seen = changes(run, 400);
    expect(states(seen)).toEqual(['starting', 'learning', 'narrowing', 'dimensional']);
    expect(seen[3].step).toBe(225);
  });

  it('is replaced by a collapse to a constant', () => {
    const run: Run = {
      ...base,
      std: [
        [1, 0.99],
        [300, 0.8],
        [400, 0.05],
      ],
      loss: [
        [1, 0],
        [300, -0.97],
        [400, -0.999],
      ],
    };
    expect(states(changes(run, 400))).toEqual(['starting', 'learning', 'dimensional', 'collapsed']);
  });

  it('is not diagnosed while a sixth of all measurable dimensions is in use', () => {
    const fallTo = (rank: number): Run => ({
      ...base,
      d: 2048,
      std: [[1, 0.99]],
      rank: [
        [0, 400],
        [100, rank],
      ],
    });
    expect(states(changes(fallTo(90), 300))).toEqual(['starting', 'learning']);
    expect(states(changes(fallTo(60), 300))).toEqual(['starting', 'learning', 'dimensional']);
  });

  it('is never diagnosed without rank measurements', () => {
    expect(states(changes({ ...base, rank: undefined }, 300))).toEqual(['starting', 'learning']);
  });
});

describe('divergence', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('a loss of %s is a divergence', (loss) => {
    const diagnosis = diagnosisOf(256);
    diagnosis.add({ step: 1, loss: -0.1, outputStd: 0.05 });
    expect(diagnosis.add({ step: 2, loss })).toEqual({ state: 'diverged', since: 2, loss });
    // Also when normal values follow.
    expect(diagnosis.add({ step: 3, loss: -0.5, outputStd: 0.05 })).toEqual({ state: 'diverged', since: 2, loss });
  });

  it('an unbounded loss explodes above a hundred times its first value, or of 1', () => {
    const first = (loss: number) => {
      const diagnosis = diagnosisOf(256, null);
      diagnosis.add({ step: 1, loss });
      return diagnosis;
    };
    expect(first(5).add({ step: 20, loss: 499 }).state).toBe('learning');
    expect(first(5).add({ step: 20, loss: 501 })).toEqual({ state: 'diverged', since: 20, loss: 501 });
    expect(first(-5).add({ step: 20, loss: -501 }).state).toBe('diverged');
    expect(first(0.001).add({ step: 20, loss: 99 }).state).toBe('learning');
    expect(diagnosisOf(256, null).add({ step: 1, loss: 20_000 }).state).toBe('diverged');
  });

  it('is not diagnosed when a loss near 0 grows to 1, as SimSiam’s may', () => {
    const diagnosis = diagnosisOf(256);
    diagnosis.add({ step: 1, loss: 1e-4, outputStd: 0.05 });
    expect(diagnosis.add({ step: 20, loss: 1, outputStd: 0.05 }).state).toBe('learning');
  });
});

describe('the first steps', () => {
  it('are not judged', () => {
    const diagnosis = diagnosisOf(256);
    expect(diagnosis.add({ step: 0, effectiveRank: 100 }).state).toBe('starting');
    for (let step = 1; step < 10; step++) {
      expect(diagnosis.add({ step, loss: -1, outputStd: step === 1 ? 0.05 : 1e-6 }).state).toBe('starting');
    }
    expect(diagnosis.add({ step: 10, loss: -1, outputStd: 1e-6 })).toMatchObject({ state: 'collapsed', since: 2 });
  });
});

describe('a loss that does not fall', () => {
  const spread = 0.9 / Math.sqrt(256);

  it('stays high: no convergence, until it falls after a change in flight', () => {
    const diagnosis = diagnosisOf(256);
    let state: Diagnosis = { state: 'starting' };
    for (let step = 1; step <= 500; step++) state = diagnosis.add({ step, loss: -0.2, outputStd: spread });
    expect(state).toMatchObject({ state: 'no-convergence' });
    if (state.state === 'no-convergence') {
      expect(state.since).toBe(300);
      expect(state.loss).toBeCloseTo(-0.2, 6);
      expect(state.startLoss).toBeCloseTo(-0.2, 6);
    }
    diagnosis.changed(500, 'baseLearningRate', 1);
    expect(diagnosis.add({ step: 501, loss: -0.2, outputStd: spread }).state).toBe('learning');
  });

  it('swings: oscillation', () => {
    const diagnosis = diagnosisOf(256);
    let state: Diagnosis = { state: 'starting' };
    for (let step = 1; step <= 300; step++) {
      state = diagnosis.add({ step, loss: -0.5 + 0.3 * Math.sin(step / 10), outputStd: spread });
    }
    expect(state.state).toBe('oscillation');
  });

  it('is not diagnosed for a run that has collapsed', () => {
    const diagnosis = diagnosisOf(256);
    let state: Diagnosis = { state: 'starting' };
    for (let step = 1; step <= 600; step++) {
      state = diagnosis.add({ step, loss: step < 20 ? 0 : -1, outputStd: step < 20 ? spread : 1e-5 });
    }
    expect(state.state).toBe('collapsed');
  });
});
