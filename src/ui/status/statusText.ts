import { cameTo, cameToWords } from '../../domain/diagnosis/cameTo';
import { DIAGNOSIS_STATES, type DiagnosisState, tenthsLeft } from '../../domain/diagnosis/states';
import type { Diagnosis } from '../../domain/measurement';
import { presetConfig } from '../../domain/presets';
import type { RunConfig } from '../../domain/runConfig';
import type { DatasetStoreState } from '../../session/data/datasetStore';
import type { EngineStoreState } from '../../session/engine/engineStore';
import { liveSettings, type RunStoreState } from '../../session/run/runStore';
import { inWords } from '../numbers';

/** Every state of the status: before a run, of a run as diagnosed, and of one that waits or has ended. */
export type StatusState = DiagnosisState | 'ready' | 'paused' | 'finished' | 'failed';

/** The state of the run in plain words. */
export interface Status {
  readonly state: StatusState;
  readonly tone: 'plain' | 'good' | 'warning';
  readonly title: string;
  readonly text: string;
}

/** The inputs of the status text. */
export interface StatusInput {
  readonly engine: Pick<EngineStoreState, 'state'>;
  readonly data: Pick<DatasetStoreState, 'info' | 'loading'>;
  readonly run: RunStoreState;
  /** Why no run can be built; null if one can. */
  readonly problem: string | null;
}

/** What a diagnosis says of a run; the state is the diagnosis' own. */
type Words = Omit<Status, 'state'>;

type Of<State extends DiagnosisState> = Extract<Diagnosis, { state: State }>;
type WithShare = Extract<Diagnosis, { share: number }>;

/** The default settings of the run's preset and method: a part that is off by default is not a cause of collapse. */
function usual({ preset, dataset, method }: RunConfig): RunConfig {
  return presetConfig(preset, dataset, method);
}

/** Whether the method collapses without stop-gradient. SwAV has one too, but its balanced assignments also prevent collapse. */
function hangsOnStopGradient(config: RunConfig): boolean {
  return config.method === 'simsiam' && usual(config).stopGradient;
}

/** The likely cause of a collapse, judged by the settings; null where they give none. */
function knownCause(run: RunStoreState, config: RunConfig, since: number): string | null {
  const { stopGradient, predictor } = liveSettings(run);
  if (!stopGradient && usual(config).stopGradient) {
    return 'With stop-gradient off, a constant output is a trivial solution, and the gradient leads directly to it.';
  }
  const switchedOn = run.changes.some(
    ([step, key, value]) => key === 'stopGradient' && value === true && step >= since,
  );
  if (switchedOn) {
    return 'Stop-gradient is on again: watch whether the output std rises. At a constant output the gradient is zero, so training can hardly leave this state.';
  }
  if (predictor === 'none' && usual(config).predictor !== 'none') {
    return 'Without the predictor h, stop-gradient does not help: it halves the gradient and does not change its direction (Sec. 4.2).';
  }
  if (config.headBatchNorm === 'none') {
    return 'The heads have no batch normalisation, so nothing keeps their outputs spread (Sec. 4.4).';
  }
  return null;
}

function causeOf(run: RunStoreState, config: RunConfig, since: number): string {
  return (
    knownCause(run, config, since) ??
    'A very high learning rate or very weak augmentation can cause this: lower the learning rate or strengthen the augmentation, then press Reset.'
  );
}

function collapsed({ since, outputStd, loss }: Of<'collapsed'>, run: RunStoreState, config: RunConfig): Words {
  const spread = inWords(1 / Math.sqrt(config.outputDim), 4);
  return {
    tone: 'warning',
    title: `Collapsed at step ${since}.`,
    text: `Every image now has nearly the same output: the output std is ${inWords(outputStd, 4)}, against ${spread} (1/√d) for outputs spread evenly, and the loss is ${inWords(loss, 3)}. ${causeOf(run, config, since)}`,
  };
}

/** “is at about 40 % of its early level” */
function left({ share }: WithShare): string {
  return `is at about ${10 * tenthsLeft(share)} % of its early level`;
}

function narrowing(diagnosis: WithShare, run: RunStoreState, config: RunConfig): Words {
  const why =
    withoutStopGradient(run, config) ??
    knownCause(run, config, diagnosis.since) ??
    'In the first hundred steps this can be temporary: SwAV’s outputs narrow and then spread again. If it continues, lower the learning rate or strengthen the augmentation.';
  return {
    tone: 'warning',
    title: `Narrowing since step ${diagnosis.since}.`,
    text: `The outputs of different images become more alike: the output std ${left(diagnosis)}. ${why}`,
  };
}

function recovering(diagnosis: WithShare): Words {
  return {
    tone: 'plain',
    title: `Recovering since step ${diagnosis.since}.`,
    text: `The output std rises again and ${left(diagnosis)}.`,
  };
}

function stuck(diagnosis: WithShare): Words {
  return {
    tone: 'warning',
    title: `Stuck since step ${diagnosis.since}.`,
    text: `What caused the collapse was removed, but the output std has not risen for 100 steps and ${left(diagnosis)}. At a constant output the gradient is zero, so training cannot leave this state. Press Reset to start a new run.`,
  };
}

function dimensional(diagnosis: Of<'dimensional'>, run: RunStoreState, config: RunConfig): Words {
  const { since, effectiveRank, startRank, outputStd } = diagnosis;
  const hidden = config.headBatchNorm === 'hidden' || config.headBatchNorm === 'none';
  const why = hidden
    ? ''
    : ' Batch normalisation on the projector’s output keeps the std up, so the std does not show this collapse.';
  return {
    tone: 'warning',
    title: `Dimensional collapse since step ${since}.`,
    text: `The output std looks fine (${inWords(outputStd, 4)}), but the effective rank of z fell from ${inWords(startRank, 1)} to ${inWords(effectiveRank, 1)}: the outputs vary in only a few directions.${why} ${causeOf(run, config, since)}`,
  };
}

function diverged({ since, loss }: Of<'diverged'>): Words {
  const became = Number.isFinite(loss) ? `rose to ${inWords(loss, 2)}` : 'is no longer a number';
  return {
    tone: 'warning',
    title: `Diverged at step ${since}.`,
    text: `The loss ${became}, so the run was stopped; the last good weights were kept. Lower the base learning rate, then press Reset.`,
  };
}

function standing({ since, loss, startLoss }: Of<'no-convergence'>, run: RunStoreState): Words {
  const { predictor } = liveSettings(run);
  const why =
    predictor === 'fixed'
      ? 'The predictor is fixed at its random initialisation, and the encoder alone cannot lower the loss: the paper reports an accuracy of 1.5 % (Table 1).'
      : 'The learning rate may be far too low or far too high, or the augmentation too strong for these images.';
  return {
    tone: 'warning',
    title: `No convergence by step ${since}.`,
    text: `The loss stays at ${inWords(loss, 3)} (it began at ${inWords(startLoss, 3)}) and no longer falls. The outputs are spread out, so this is not a collapse. ${why}`,
  };
}

function oscillating({ since, low, high }: Of<'oscillation'>): Words {
  return {
    tone: 'warning',
    title: `Oscillating since step ${since}.`,
    text: `The loss swings between ${inWords(low, 3)} and ${inWords(high, 3)}. The learning rate may be too high. Batch normalisation on the predictor’s output can also cause this: the paper found it unstable (Table 3).`,
  };
}

function diagnosed(run: RunStoreState, config: RunConfig): Words {
  const { diagnosis } = run;
  switch (diagnosis?.state) {
    case 'collapsed':
      return collapsed(diagnosis, run, config);
    case 'narrowing':
      return narrowing(diagnosis, run, config);
    case 'recovering':
      return recovering(diagnosis);
    case 'stuck':
      return stuck(diagnosis);
    case 'dimensional':
      return dimensional(diagnosis, run, config);
    case 'no-convergence':
      return standing(diagnosis, run);
    case 'oscillation':
      return oscillating(diagnosis);
    case 'diverged':
      return diverged(diagnosis);
    case 'learning':
      return learning(run, config);
    case 'starting':
    case undefined:
      return {
        tone: 'plain',
        title: 'The run has begun.',
        text: outlook(run, config),
      };
    default:
      return diagnosis satisfies never;
  }
}

/** What to watch for when stop-gradient is off although the method has it on by default; null otherwise. */
function withoutStopGradient(run: RunStoreState, config: RunConfig): string | null {
  if (liveSettings(run).stopGradient || !usual(config).stopGradient) return null;
  return hangsOnStopGradient(config)
    ? 'Stop-gradient is off: nothing prevents a constant output. Watch the loss fall to its minimum and the output std to 0.'
    : 'Stop-gradient is off: the gradient also flows through the targets. In the paper the loss then becomes NaN (Sec. 6.2).';
}

/** What to watch for in a run that has just started or has not started yet. */
function outlook(run: RunStoreState, config: RunConfig): string {
  const switchIt = hangsOnStopGradient(config) ? ' Then flip stop-gradient off and watch both.' : '';
  return (
    withoutStopGradient(run, config) ??
    `The loss should fall while the output std stays near its initial value.${switchIt}`
  );
}

function learning(run: RunStoreState, config: RunConfig): Words {
  const { predictor } = liveSettings(run);
  const title = 'Learning.';
  const text = withoutStopGradient(run, config);
  if (text !== null) return { tone: 'plain', title, text };
  if (predictor === 'fixed') {
    return {
      tone: 'plain',
      title,
      text: 'The predictor stays at its random initialisation, so the loss cannot fall far. The outputs stay spread out: no convergence, but no collapse either (Table 1).',
    };
  }
  return {
    tone: 'good',
    title,
    text: 'The outputs of the two views of an image become more similar, while the outputs of different images stay apart: the output std does not fall.',
  };
}

/** The run on the page, once it has taken a step. */
function running(run: RunStoreState, config: RunConfig): Status {
  const { diagnosis, runState, step, latest, baselines } = run;
  const state = diagnosis?.state ?? 'starting';
  const words = diagnosed(run, config);
  const fails = DIAGNOSIS_STATES[state].isFailure;
  if (runState === 'finished') {
    const came = cameToWords(cameTo(latest, baselines));
    const title = `Finished after ${step} steps.`;
    if (!fails) return { state: 'finished', tone: 'plain', title, text: came };
    return { ...words, state, title: `${title} ${words.title}`, text: `${words.text} ${came}` };
  }
  if (runState === 'paused' && !fails) {
    return { ...words, state: 'paused', title: `Paused at step ${step}.` };
  }
  return { ...words, state };
}

/** The status as a sentence. Its words change only when the state changes, so that a screen reader does not repeat it at every step. */
export function statusOf({ engine, data, run, problem }: StatusInput): Status {
  const starting = (title: string, text: string): Status => ({ state: 'starting', tone: 'plain', title, text });
  const failed = (title: string, text: string): Status => ({ state: 'failed', tone: 'warning', title, text });
  const { active, runState, step } = run;
  if (engine.state === 'failed') return failed('No engine could be started.', 'What you can do is listed below.');
  if (engine.state === 'lost') {
    return failed('The engine was lost.', 'The curves of the run stay below until the engine is restarted.');
  }
  if (runState === 'failed') return failed('The run stopped.', 'The reason, and what to do, is given below.');
  if (active === null) {
    if (data.loading !== null)
      return starting(
        `Loading ${data.loading.name}.`,
        'You can press Train now: the run starts when the images are loaded.',
      );
    if (problem !== null && engine.state === 'ready') {
      return { ...starting('No run yet.', problem), tone: 'warning' };
    }
    return starting('Getting ready.', 'The engine is starting.');
  }
  if (runState === 'building') {
    return starting('Getting ready.', 'The untrained network is being measured as the baseline of this run.');
  }
  if (step === 0 && runState === 'paused') {
    return { state: 'ready', tone: 'plain', title: 'Ready.', text: `Press Train. ${outlook(run, active.config)}` };
  }
  return running(run, active.config);
}
