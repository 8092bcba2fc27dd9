import { cameTo, percentWords, standing } from '../../domain/diagnosis/cameTo';
import type { Diagnosis } from '../../domain/measurement';
import type { RunConfig } from '../../domain/runConfig';
import { liveSettings, type RunStoreState } from '../../session/run/runStore';
import { grouped, inWords } from '../numbers';
import {
  causeOf,
  hangsOnStopGradient,
  knownCause,
  lacksStopGradient,
  outlook,
  wentOffBefore,
  withoutStopGradient,
} from './causes';
import { lossWords, type Reading, readingOf, shareOfFall, shareWords, spreadWords, stdWords } from './reading';

/** What the line says of a run, and what stands behind its disclosure. */
export interface Words {
  readonly tone: 'plain' | 'good' | 'warning';
  readonly title: string;
  /** A sentence with the numbers of now. */
  readonly text: string;
  /** Explanation and advice, one paragraph each; empty where there is none. */
  readonly advice: readonly string[];
}

type State = Diagnosis['state'];
type Of<S extends State> = Extract<Diagnosis, { state: S }>;
/** Narrowing, recovering or stuck. */
type Fallen = Extract<Diagnosis, { share: number }>;

/** The views of an image agree once the loss has come this share of the way to its minimum. */
const AGREEING = 0.25;
/** A loss that has come at most this share of the way is called high. */
const HIGH = 0.3;
/** Losses swing if those of the last steps differ by this share of the distance from the first loss to the minimum. */
const SWING = 0.1;

const at = (step: number) => `step ${grouped(step)}`;

/** What is said of the two views of an image, and whether it is that they agree. */
function views(now: Reading): { readonly agree: boolean; readonly words: string } {
  const share = shareOfFall(now, now.firstLoss);
  if (share !== null) {
    return share >= AGREEING
      ? { agree: true, words: `the two views of one come together (${lossWords(now)})` }
      : { agree: false, words: `the two views of one hardly agree yet (${lossWords(now)})` };
  }
  const [loss, first] = [inWords(now.loss, 3), inWords(now.firstLoss, 3)];
  return now.loss < now.firstLoss
    ? { agree: true, words: `the loss is ${loss}, at first ${first}` }
    : { agree: false, words: `the loss is ${loss}, no lower than at first (${first})` };
}

function starting(now: Reading, run: RunStoreState, config: RunConfig): Words {
  const text = `From step 10 on it is judged: ${stdWords(now)}, ${lossWords(now)}.`;
  return { tone: 'plain', title: 'The run has begun.', text, advice: [outlook(run, config)] };
}

const MEANING =
  'The loss falls as the outputs of the two views of an image become more similar. The output std says how far apart the outputs of different images are: in a run that learns, it stays near its early level.';

function learning(now: Reading, run: RunStoreState, config: RunConfig): Words {
  const { agree, words } = views(now);
  const spread = `${spreadWords(now)} (${stdWords(now)})`;
  const off = withoutStopGradient(run, config);
  if (off !== null) {
    return { tone: 'plain', title: 'Stop-gradient is off.', text: `${spread}; ${lossWords(now)}.`, advice: [off] };
  }
  const came = cameTo(run.latest, run.baselines);
  const isWorse = came !== null && standing(came.reached, came.untrained) === 'below';
  const advice = [MEANING];
  if (liveSettings(run).predictor === 'fixed') {
    advice.push(
      'The predictor stays at its random initialisation, so the loss cannot fall far: the paper reports no convergence, but no collapse either (Table 1).',
    );
  }
  if (isWorse) {
    const measure = came.measure === 'kNN accuracy' ? 'kNN' : 'view retrieval';
    const text = `${spread}, but ${measure} is ${percentWords(came.reached.value)}, below ${percentWords(came.untrained.value)} before training.`;
    return { tone: 'plain', title: 'Training.', text, advice };
  }
  const isGood = now.isApart && agree;
  const text = `${spread}, ${words}.`;
  return isGood
    ? { tone: 'good', title: 'Learning.', text, advice }
    : { tone: 'plain', title: 'Training.', text, advice };
}

function narrowing(now: Reading, { since }: Fallen, run: RunStoreState, config: RunConfig): Words {
  const why =
    withoutStopGradient(run, config) ??
    knownCause(run, config, since) ??
    'In the first hundred steps this can be temporary: SwAV’s outputs narrow and then spread again. If it continues, lower the learning rate or strengthen the augmentation.';
  const level = `${stdWords(now)}, ${shareWords(now)}`;
  const advice = [why];
  if (now.spread === 'kept') {
    const text = `The outputs have spread again: ${level}.`;
    return { tone: 'plain', title: `Narrowed at ${at(since)}.`, text, advice };
  }
  if (now.trend === 'rises') {
    const text = `${spreadWords(now)}, but the std rises: ${level}.`;
    return { tone: 'warning', title: `Narrowed at ${at(since)}.`, text, advice };
  }
  if (lacksStopGradient(run, config) && hangsOnStopGradient(config)) {
    const steps = Math.max(1, run.step - since);
    const title = `Collapsing for ${steps === 1 ? '1 step' : `${grouped(steps)} steps`}.`;
    const text = `With stop-gradient off the outputs have run together: ${stdWords(now)}.`;
    return { tone: 'warning', title, text, advice };
  }
  const text = `${spreadWords(now)}: ${level}.`;
  return { tone: 'warning', title: `Narrowing since ${at(since)}.`, text, advice };
}

function collapsed(now: Reading, { since }: Of<'collapsed'>, run: RunStoreState, config: RunConfig): Words {
  const off = wentOffBefore(run, since);
  const after =
    off === null
      ? ''
      : `, ${since - off === 1 ? '1 step' : `${grouped(since - off)} steps`} after stop-gradient went off`;
  const title = `Collapsed at ${at(since)}${after}.`;
  const where = now.spread === 'kept' ? 'Different images are apart again' : spreadWords(now);
  const text = `${where}: ${stdWords(now)}, ${lossWords(now)}.`;
  return { tone: 'warning', title, text, advice: [causeOf(run, config, since)] };
}

const TRENDS = { rises: 'rises again', falls: 'falls again', holds: 'holds now' } as const;

function recovering(now: Reading, { since }: Fallen): Words {
  const title = now.trend === 'rises' ? `Recovering since ${at(since)}.` : `Recovered from ${at(since)} on.`;
  const text = `The std ${TRENDS[now.trend]}: ${stdWords(now)}, ${shareWords(now)}.`;
  const advice = [
    'The cause of the collapse is gone, and the outputs of different images have moved apart again. Large steps can move the weights out of a collapse; with small ones they usually stay in it.',
  ];
  return { tone: 'plain', title, text, advice };
}

function stuck(now: Reading, { since }: Fallen): Words {
  const rises = now.trend === 'rises' || now.spread === 'kept';
  const title = rises ? `Was stuck at ${at(since)}.` : `Stuck since ${at(since)}.`;
  const says = rises ? 'The std is higher again' : 'The cause is gone, but the std does not rise';
  const text = `${says}: ${stdWords(now)}, ${shareWords(now)}.`;
  const advice = [
    'What caused the collapse was removed, but the output std did not rise for 100 steps. At a constant output the gradient is zero, so training cannot leave this state. Press Reset to start a new run.',
  ];
  return { tone: 'warning', title, text, advice };
}

function dimensional(now: Reading, diagnosis: Of<'dimensional'>, run: RunStoreState, config: RunConfig): Words {
  const { since, startRank } = diagnosis;
  const rank = run.latest.effectiveRank ?? diagnosis.effectiveRank;
  const bound = run.baselines?.rankBound ?? config.outputDim;
  const along = `along ${inWords(rank, 1)} directions of ${grouped(bound)}`;
  const isFew = rank < startRank / 2;
  const text = now.isApart
    ? `Outputs still differ (${stdWords(now)}), ${isFew ? 'but' : 'again'} ${along}.`
    : `${spreadWords(now)} (${stdWords(now)}), ${along}.`;
  const advice = [
    `The effective rank of z was ${inWords(startRank, 1)} before: it counts the directions in which outputs vary.`,
  ];
  if (config.headBatchNorm === 'output' || config.headBatchNorm === 'outputAffine') {
    advice.push(
      'Batch normalisation on the projector’s output keeps the std up, so the std does not show this collapse.',
    );
  }
  advice.push(causeOf(run, config, since));
  return { tone: 'warning', title: `Dimensional collapse since ${at(since)}.`, text, advice };
}

function standingStill(now: Reading, { since, startLoss }: Of<'no-convergence'>, run: RunStoreState): Words {
  const share = shareOfFall(now, startLoss);
  const isHigh = share === null ? now.loss >= 0.9 * startLoss : share <= HIGH;
  const loss = isHigh
    ? `The loss stays high (${inWords(now.loss, 3)}`
    : `The loss is lower now (${inWords(now.loss, 3)}`;
  const where = now.isApart ? 'different images stay apart, so no collapse' : spreadWords(now).toLowerCase();
  const text = `${loss}, at first ${inWords(startLoss, 3)}); ${where} (${stdWords(now)}).`;
  const advice = [
    liveSettings(run).predictor === 'fixed'
      ? 'The predictor is fixed at its random initialisation, and the encoder alone cannot lower the loss: the paper reports an accuracy of 1.5 % (Table 1).'
      : 'The learning rate may be far too low or far too high, or the augmentation too strong for these images.',
  ];
  return { tone: 'warning', title: `No convergence by ${at(since)}.`, text, advice };
}

function oscillating(now: Reading, { since }: Of<'oscillation'>): Words {
  const losses = now.recent.map(({ loss }) => loss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const between = `between ${inWords(low, 3)} and ${inWords(high, 3)}`;
  const swings = high - low >= SWING * Math.abs(now.firstLoss - (now.leastLoss ?? 0));
  const text = swings
    ? `The loss swings: in the last ${losses.length} steps ${between}.`
    : `In the last ${losses.length} steps the loss stayed ${between}.`;
  const title = swings ? `Oscillating since ${at(since)}.` : `Oscillated from ${at(since)} on.`;
  const advice = [
    'The learning rate may be too high. Batch normalisation on the predictor’s output can also cause this: the paper found it unstable (Table 3).',
  ];
  return { tone: 'warning', title, text, advice };
}

function diverged({ since, loss }: Of<'diverged'>): Words {
  const became = Number.isFinite(loss) ? `rose to ${inWords(loss, 2)}` : 'is no longer a number';
  const text = `The loss ${became}, so the run was stopped; the last good weights were kept.`;
  const advice = ['Lower the base learning rate, then press Reset.'];
  return { tone: 'warning', title: `Diverged at ${at(since)}.`, text, advice };
}

/** What the line says of a run that has taken a step: the state is the diagnosis’, every number and every claim is of now. */
export function diagnosisWords(run: RunStoreState, config: RunConfig): Words {
  const diagnosis: Diagnosis = run.diagnosis ?? { state: 'starting' };
  if (diagnosis.state === 'diverged') return diverged(diagnosis);
  const now = readingOf(run, config);
  if (now === null) return { tone: 'plain', title: 'The run has begun.', text: '', advice: [outlook(run, config)] };
  switch (diagnosis.state) {
    case 'starting':
      return starting(now, run, config);
    case 'learning':
      return learning(now, run, config);
    case 'narrowing':
      return narrowing(now, diagnosis, run, config);
    case 'collapsed':
      return collapsed(now, diagnosis, run, config);
    case 'dimensional':
      return dimensional(now, diagnosis, run, config);
    case 'recovering':
      return recovering(now, diagnosis);
    case 'stuck':
      return stuck(now, diagnosis);
    case 'no-convergence':
      return standingStill(now, diagnosis, run);
    case 'oscillation':
      return oscillating(now, diagnosis);
    default:
      return diagnosis satisfies never;
  }
}
