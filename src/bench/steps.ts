import type { StepRow, StepTime } from '../domain/benchmark';
import { presetConfig } from '../domain/presets';
import type { Method } from '../engine/methods/method';
import { agree } from './agreement';
import { describeCase, gflopOfCase, layersOf, methodOf, type NetworkCase, networkCase, viewsOf } from './cases';
import type { Contender, ForeignNetwork, LossAndGradientNorm, NetworkState } from './contender';
import { type BenchContext, budgetMs, LONGEST_STEP_MS } from './context';
import { LEARNING_RATE, MOMENTUM, NetworkStep, type Views, WEIGHT_DECAY } from './networkStep';
import { prepareKernels } from './prepareKernels';
import { takeTurns } from './turns';

type Side = 'ours' | 'stockTfjs' | 'jaxJs';

const TITLES: Record<Side, string> = { ours: 'ours', stockTfjs: 'stock tfjs', jaxJs: 'jax-js' };

/** GFLOP/s that each side has reached so far, to predict steps that would take too long. */
type Rates = Partial<Record<Side, number>>;

/** ResNet-18 is timed at the largest of these batches whose step takes about this long with our kernels. */
const RESNET_BATCHES = [256, 128, 64, 32, 16, 8, 4];
const RESNET_MS = 600;

async function stateOf(item: NetworkCase, views: Views, method: Method): Promise<NetworkState> {
  const parameters = [...method.parameters.trainable].map(async ([name, variable]) => ({
    name,
    shape: variable.shape,
    values: Float32Array.from(await variable.data()),
  }));
  return {
    network: layersOf(item),
    parameters: await Promise.all(parameters),
    viewShape: views.shape,
    x1: views.x1,
    x2: views.x2,
    learningRate: LEARNING_RATE,
    momentum: MOMENTUM,
    weightDecay: WEIGHT_DECAY,
  };
}

/** Times one network in turns with every implementation that is fast enough and whose loss and gradient agree with ours. */
async function measureCase(item: NetworkCase, rates: Rates, context: BenchContext): Promise<StepRow> {
  const gflop = gflopOfCase(item);
  const leftOut: string[] = [];
  const takesPart = (side: Side): boolean => {
    if (side === 'jaxJs' && context.engine.isSoftware && item !== context.reference) {
      leftOut.push('jax-js left out: compiling its kernels for a further network takes minutes on a software adapter');
      return false;
    }
    const rate = rates[side];
    const expectedMs = rate === undefined ? 0 : (1000 * gflop) / rate;
    if (expectedMs <= LONGEST_STEP_MS) return true;
    leftOut.push(
      `${TITLES[side]} left out: a step would take about ${Math.round(expectedMs / 1000)} s on this adapter`,
    );
    return false;
  };

  context.progress(`step: ${item.name}, ${describeCase(item)}`);
  await prepareKernels(item);
  const views = viewsOf(item);
  const method = methodOf(item);
  const state = await stateOf(item, views, method);
  const ours = new NetworkStep(method, views, 'captured');
  const contenders: Partial<Record<Side, Contender>> = { ours };
  const results = [{ name: TITLES.ours, ...(await ours.lossAndGradientNorm()) }];
  const compare = (side: Side, contender: Contender, result: LossAndGradientNorm) => {
    results.push({ name: TITLES[side], ...result });
    if (agree(results[0], result)) {
      contenders[side] = contender;
      return;
    }
    contender.dispose();
    leftOut.push(
      `${TITLES[side]} not timed: its result differs here, with loss ${result.loss.toPrecision(6)} and gradient norm ${result.gradientNorm.toPrecision(6)}`,
    );
  };
  if (takesPart('stockTfjs')) {
    context.progress(`step: ${item.name}, first step of stock tfjs`);
    const stock = new NetworkStep(methodOf(item), views, 'stock');
    compare('stockTfjs', stock, await stock.lossAndGradientNorm());
  }
  if (context.foreign !== null && takesPart('jaxJs')) {
    context.progress(`step: ${item.name}, first step of jax-js`);
    const foreign: ForeignNetwork = await context.foreign(state);
    compare('jaxJs', foreign.contender, await foreign.lossAndGradientNorm());
  }

  context.progress(`step: ${item.name}, turns of ${Object.keys(contenders).join(', ')}`);
  const sides = contenders as Record<Side, Contender>;
  const times = await takeTurns(sides, context.clock, { rounds: context.rounds, budgetMs: budgetMs(context) });
  for (const contender of Object.values(sides)) contender.dispose();
  for (const text of leftOut) context.note(`Step, ${item.name}: ${text}.`);
  return rowOf(item, gflop, times, results, leftOut, context.foreign !== null);
}

function rowOf(
  item: NetworkCase,
  gflop: number,
  times: Partial<Record<Side, StepTime>> & { readonly ours: StepTime },
  agreement: StepRow['agreement'],
  leftOut: readonly string[],
  withJax: boolean,
): StepRow {
  const { ours, stockTfjs = null, jaxJs = null } = times;
  const by = (time: StepTime | null) => (time === null ? null : time.wallMs / ours.wallMs);
  return {
    case: item.name,
    description: describeCase(item),
    batch: item.batch,
    gflop,
    oursMs: ours.wallMs,
    stockTfjsMs: stockTfjs?.wallMs ?? null,
    speedup: by(stockTfjs),
    ...(withJax ? { jaxJsMs: jaxJs?.wallMs ?? null, jaxJsSpeedup: by(jaxJs) } : {}),
    oursGflops: (1000 * gflop) / ours.wallMs,
    times: { ours, stockTfjs, ...(withJax ? { jaxJs } : {}) },
    agreement,
    leftOut,
  };
}

function resNet18(rate: number): NetworkCase {
  const config = presetConfig('resnet18');
  const at = (batch: number) => networkCase('ResNet-18', config, { batch });
  const cases = RESNET_BATCHES.map(at);
  const fitting = cases.find((item) => (1000 * gflopOfCase(item)) / rate <= RESNET_MS);
  return fitting ?? at(RESNET_BATCHES[RESNET_BATCHES.length - 1]);
}

/** The reference first, since its rates predict the time of the others; then the presets `tiny` and `small`, and ResNet-18. */
export async function measureSteps(context: BenchContext): Promise<StepRow[]> {
  const rows: StepRow[] = [];
  const rates: Rates = {};
  const measure = async (item: NetworkCase) => {
    rows.push(await measureCase(item, rates, context));
  };
  await measure(context.reference);
  const [{ gflop, times }] = rows;
  for (const side of ['ours', 'stockTfjs', 'jaxJs'] as const) {
    const time = times[side];
    if (time != null) rates[side] = (1000 * gflop) / time.wallMs;
  }
  if (context.quick) {
    context.note('Presets tiny and small and ResNet-18 left out: a quick run.');
    return rows;
  }
  await measure(networkCase('tiny', presetConfig('tiny')));
  await measure(networkCase('small', presetConfig('small')));
  await measure(resNet18(rows[0].oursGflops));
  return rows;
}
