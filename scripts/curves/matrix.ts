import { setConfigValue } from '../../src/domain/configPath';
import type { MethodName } from '../../src/domain/methods/registry';
import { presetConfig } from '../../src/domain/presets';
import type { LiveChange, LiveKey, LiveValue, RunConfig } from '../../src/domain/runConfig';

export const ENGINES = ['wasm', 'webgpu'] as const;

/** A kind of run: `tiny` with these settings and changes in flight, recorded with each seed. */
interface Kind {
  readonly name: string;
  readonly dataset?: 'fashion-mnist' | 'emoji-3d';
  readonly method?: MethodName;
  readonly steps?: number;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly changes?: readonly LiveChange[];
}

/** One run to record. */
export interface PlannedCurve {
  readonly run: string;
  readonly engine: (typeof ENGINES)[number];
  readonly config: RunConfig;
  readonly changes: readonly LiveChange[];
}

/** The diagnosis is fitted on seeds 1 to 3 and scored on the others. */
export const FITTED_SEEDS = 3;
const SEEDS = 10;
/** The first kind of each group is trained on WebGPU with this seed; all others on WASM. */
const WEBGPU_SEED = 10;

/** Enough for a standard error of 2 points, and few enough that measuring takes less time than training. */
const QUERIES = 600;
const BANK = 3000;

const at = <Key extends LiveKey>(step: number, key: Key, value: LiveValue): LiveChange => [step, key, value];
const off = (step: number) => at(step, 'stopGradient', false);
const on = (step: number) => at(step, 'stopGradient', true);
const emoji = 'emoji-3d';

const HEALTHY: readonly Kind[] = [
  { name: 'SimSiam' },
  { name: 'SimSiam, emoji', dataset: emoji, steps: 500 },
  { name: 'SimSiam, BN on the output', settings: { headBatchNorm: 'output' } },
  { name: 'SimSiam, cross-entropy', settings: { similarity: 'crossEntropy' } },
  { name: 'BYOL', method: 'byol' },
  { name: 'SimCLR', method: 'simclr' },
  { name: 'SwAV', method: 'swav' },
  { name: 'Barlow Twins, emoji', method: 'barlowTwins', dataset: emoji },
];

const COLLAPSED: readonly Kind[] = [
  { name: 'no stop-gradient', settings: { stopGradient: false } },
  { name: 'no stop-gradient, emoji', dataset: emoji, settings: { stopGradient: false } },
  { name: 'no h', settings: { predictor: 'none' } },
  { name: 'stop-gradient off at 100', steps: 400, changes: [off(100)] },
];

const DIMENSIONAL: readonly Kind[] = [
  { name: 'no stop-gradient, BN on the output', settings: { stopGradient: false, headBatchNorm: 'output' } },
  {
    name: 'no stop-gradient, BN on the output, emoji',
    dataset: emoji,
    settings: { stopGradient: false, headBatchNorm: 'output' },
  },
  { name: 'no stop-gradient, affine BN', settings: { stopGradient: false, headBatchNorm: 'outputAffine' } },
  {
    name: 'no stop-gradient, affine BN, emoji',
    dataset: emoji,
    settings: { stopGradient: false, headBatchNorm: 'outputAffine' },
  },
  {
    name: 'BN on the output, off at 60, emoji',
    dataset: emoji,
    steps: 400,
    settings: { headBatchNorm: 'output' },
    changes: [off(60)],
  },
  { name: 'BN on the output, off at 100', steps: 400, settings: { headBatchNorm: 'output' }, changes: [off(100)] },
];

const STUCK: readonly Kind[] = [
  { name: 'off at 100, on at 200', steps: 500, changes: [off(100), on(200)] },
  { name: 'off at 60, on at 150, emoji', dataset: emoji, steps: 400, changes: [off(60), on(150)] },
  { name: 'off at 100, on at 200, emoji', dataset: emoji, steps: 450, changes: [off(100), on(200)] },
  { name: 'off, on at 120', steps: 400, settings: { stopGradient: false, schedule: 'constant' }, changes: [on(120)] },
];

/** Large steps throw the weights out of a collapse, if stop-gradient is on again. */
const RECOVERING: readonly Kind[] = [50, 25].flatMap((rate) => [
  {
    name: `off at 50, on at 120 with rate ${rate}`,
    steps: 230,
    settings: { schedule: 'constant' },
    changes: [off(50), on(120), at(120, 'baseLearningRate', rate)],
  },
  {
    name: `off at 80, on at 180 with rate ${rate}, emoji`,
    dataset: emoji,
    steps: 290,
    settings: { schedule: 'constant' },
    changes: [off(80), on(180), at(180, 'baseLearningRate', rate)],
  },
]);

const NARROWING: readonly Kind[] = [
  { name: 'no BN in the heads', settings: { headBatchNorm: 'none' } },
  { name: 'momentum encoder, no h', settings: { momentumEncoder: true, predictor: 'none' } },
];

const NO_CONVERGENCE: readonly Kind[] = [
  { name: 'fixed h', steps: 400, settings: { predictor: 'fixed' } },
  { name: 'fixed h, emoji', dataset: emoji, steps: 400, settings: { predictor: 'fixed' } },
  { name: 'rate of 0.0005', steps: 400, settings: { baseLearningRate: 0.0005 } },
];

/** Rates at which the loss swings from batch to batch. */
const SMALL_BATCH = { baseLearningRate: 40, batchSize: 8, headBatchNorm: 'output', schedule: 'constant' };
const OSCILLATION: readonly Kind[] = [
  { name: 'rate of 40, batch of 8', settings: SMALL_BATCH },
  { name: 'rate of 40, batch of 8, emoji', dataset: emoji, settings: SMALL_BATCH },
  { name: 'rate of 40, batch of 8, affine BN', settings: { ...SMALL_BATCH, headBatchNorm: 'outputAffine' } },
  { name: 'rate of 100', settings: { baseLearningRate: 100, headBatchNorm: 'output', schedule: 'constant' } },
];

/** Weight decay times the rate is above 2, so that each step enlarges the weights. */
const TOO_LARGE = { weightDecay: 1, baseLearningRate: 100, schedule: 'constant' };
const DIVERGED: readonly Kind[] = [
  { name: 'rate and weight decay too large', steps: 150, settings: TOO_LARGE },
  {
    name: 'rate and weight decay too large, BYOL, emoji',
    dataset: emoji,
    method: 'byol',
    steps: 150,
    settings: TOO_LARGE,
  },
  { name: 'rate and weight decay too large, SimCLR', method: 'simclr', steps: 150, settings: TOO_LARGE },
];

const GROUPS = [
  HEALTHY,
  COLLAPSED,
  DIMENSIONAL,
  STUCK,
  RECOVERING,
  NARROWING,
  NO_CONVERGENCE,
  OSCILLATION,
  DIVERGED,
] as const;

function planned(kind: Kind, seed: number): PlannedCurve {
  const { name, dataset = 'fashion-mnist', method = 'simsiam', steps = 300, settings = {}, changes = [] } = kind;
  const isOnWebGpu = seed === WEBGPU_SEED && GROUPS.some(([first]) => first === kind);
  const engine = isOnWebGpu ? 'webgpu' : 'wasm';
  const values = {
    seed,
    engine,
    totalSteps: steps,
    'knn.every': steps,
    'knn.queries': QUERIES,
    'knn.bank': BANK,
    ...settings,
  };
  const config = Object.entries(values).reduce(
    (made, [path, value]) => setConfigValue(made, path, value),
    presetConfig('tiny', dataset, method),
  );
  return { run: name, engine, config, changes };
}

/** Every run whose curves the diagnosis is fitted or scored on. */
export function plannedCurves(): PlannedCurve[] {
  return GROUPS.flat().flatMap((kind) => Array.from({ length: SEEDS }, (_, i) => planned(kind, i + 1)));
}
