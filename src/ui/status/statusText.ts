import type { Diagnosis } from '../../domain/measurement';
import { presetConfig } from '../../domain/presets';
import type { RunConfig } from '../../domain/runConfig';
import type { DatasetStoreState } from '../../session/data/datasetStore';
import type { EngineStoreState } from '../../session/engine/engineStore';
import { liveSettings, type RunStoreState } from '../../session/run/runStore';
import { inWords } from '../numbers';

/** The state of the run in plain words. */
export interface Status {
  readonly tone: 'plain' | 'good' | 'warning';
  readonly title: string;
  readonly text: string;
}

/** What the words depend on. */
export interface StatusInput {
  readonly engine: Pick<EngineStoreState, 'state'>;
  readonly data: Pick<DatasetStoreState, 'info' | 'loading'>;
  readonly run: RunStoreState;
  /** Why no run can be built; null when one can. */
  readonly problem: string | null;
}

type Of<State extends Diagnosis['state']> = Extract<Diagnosis, { state: State }>;

/** The settings that the run's method has by itself: what it goes without there, it does not need. */
function usual({ preset, dataset, method }: RunConfig): RunConfig {
  return presetConfig(preset, dataset, method);
}

/** Whether stop-gradient is all that keeps the method from collapsing: SwAV, which has it too, has its balanced clusters besides. */
function hangsOnStopGradient(config: RunConfig): boolean {
  return config.method === 'simsiam' && usual(config).stopGradient;
}

/** What led to a collapse, as far as the settings tell. */
function causeOf(run: RunStoreState, config: RunConfig, since: number): string {
  const { stopGradient, predictor } = liveSettings(run);
  if (!stopGradient && usual(config).stopGradient) {
    return 'With stop-gradient off, one output for all images is a good answer to the loss, and the gradient leads straight to it.';
  }
  const switchedOn = run.changes.some(
    ([step, key, value]) => key === 'stopGradient' && value === true && step >= since,
  );
  if (switchedOn) {
    return 'Stop-gradient is on again, but the run does not come back: a constant output has no gradient to leave by. Reset to start afresh.';
  }
  if (predictor === 'none' && usual(config).predictor !== 'none') {
    return 'Without the predictor h, stop-gradient does not help: the gradient keeps its direction and is only half as long (Sec. 4.2).';
  }
  if (config.headBatchNorm === 'none') {
    return 'Without batch normalisation in the heads nothing keeps the outputs apart (Sec. 4.4).';
  }
  return 'A very high learning rate or hardly any augmentation can do this: lower the one or strengthen the other, then Reset.';
}

function collapsed({ since, outputStd, loss }: Of<'collapsed'>, run: RunStoreState, config: RunConfig): Status {
  const spread = inWords(1 / Math.sqrt(config.outputDim), 4);
  return {
    tone: 'warning',
    title: `Collapsed at step ${since}.`,
    text: `Every image now has nearly the same output: output std ${inWords(outputStd, 4)}, where ${spread} (1/√d) is spread out, and loss ${inWords(loss, 3)}. ${causeOf(run, config, since)}`,
  };
}

function narrowed(diagnosis: Of<'dimensional-collapse'>, run: RunStoreState, config: RunConfig): Status {
  const { since, effectiveRank, startRank, outputStd } = diagnosis;
  const hidden = config.headBatchNorm === 'hidden' || config.headBatchNorm === 'none';
  const why = hidden
    ? ''
    : ' Batch normalisation on the projector’s output keeps the std up, so the std cannot show it.';
  return {
    tone: 'warning',
    title: `Dimensional collapse since step ${since}.`,
    text: `The output std looks fine (${inWords(outputStd, 4)}), but the effective rank of z fell from ${inWords(startRank, 1)} to ${inWords(effectiveRank, 1)}: the outputs differ in few directions only.${why} ${causeOf(run, config, since)}`,
  };
}

function diverged({ since, loss }: Of<'diverged'>): Status {
  const became = Number.isFinite(loss) ? `rose to ${inWords(loss, 2)}` : 'is no longer a number';
  return {
    tone: 'warning',
    title: `Diverged at step ${since}.`,
    text: `The loss ${became}, so the run was stopped; the last good weights were kept. Lower the base learning rate, then Reset.`,
  };
}

function standing({ since, loss, startLoss }: Of<'no-convergence'>, run: RunStoreState): Status {
  const { predictor } = liveSettings(run);
  const why =
    predictor === 'fixed'
      ? 'The predictor is fixed at its random start, and the encoder cannot do its part alone: in the paper this ends at 1.5 % (Table 1).'
      : 'A learning rate far too low or too high does this, and augmentations too strong for these images.';
  return {
    tone: 'warning',
    title: `No convergence by step ${since}.`,
    text: `The loss stays at ${inWords(loss, 3)}, where it began at ${inWords(startLoss, 3)}, and no longer falls; the outputs are spread out, so this is no collapse. ${why}`,
  };
}

function oscillating({ since, low, high }: Of<'oscillation'>): Status {
  return {
    tone: 'warning',
    title: `Oscillating since step ${since}.`,
    text: `The loss swings between ${inWords(low, 3)} and ${inWords(high, 3)}. Too high a learning rate does this; so does batch normalisation on the predictor’s output, which the paper found unstable (Table 3).`,
  };
}

function diagnosed(run: RunStoreState, config: RunConfig): Status {
  const { diagnosis } = run;
  switch (diagnosis?.state) {
    case 'collapsed':
      return collapsed(diagnosis, run, config);
    case 'dimensional-collapse':
      return narrowed(diagnosis, run, config);
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

/** What to watch for where the method goes without its stop-gradient; null where it has it, or has none by itself. */
function withoutStopGradient(run: RunStoreState, config: RunConfig): string | null {
  if (liveSettings(run).stopGradient || !usual(config).stopGradient) return null;
  return hangsOnStopGradient(config)
    ? 'Stop-gradient is off: nothing stops all outputs from becoming one. Watch the loss run to its minimum and the output std to 0.'
    : 'Stop-gradient is off: the targets follow the gradient, too. In the paper that ends in a loss that is no number (Sec. 6.2).';
}

/** What to watch for in a run that has just begun, or has yet to. */
function outlook(run: RunStoreState, config: RunConfig): string {
  const switchIt = hangsOnStopGradient(config) ? ' Then flip stop-gradient off and watch both.' : '';
  return (
    withoutStopGradient(run, config) ??
    `The loss should fall while the output std stays near where it began.${switchIt}`
  );
}

function learning(run: RunStoreState, config: RunConfig): Status {
  const { predictor } = liveSettings(run);
  const title = 'Learning.';
  const text = withoutStopGradient(run, config);
  if (text !== null) return { tone: 'plain', title, text };
  if (predictor === 'fixed') {
    return {
      tone: 'plain',
      title,
      text: 'The predictor stays at its random start, so the loss cannot fall far, while the outputs stay spread out: no convergence, but no collapse either (Table 1).',
    };
  }
  return {
    tone: 'good',
    title,
    text: 'The two views of an image agree more and more while the outputs of different images stay apart: the output std keeps its level.',
  };
}

/** The sentence on the state of things; its words change only when the state does, so that it can be read aloud. */
export function statusOf({ engine, data, run, problem }: StatusInput): Status {
  const plain = (title: string, text: string): Status => ({ tone: 'plain', title, text });
  const { active, runState, step } = run;
  if (engine.state === 'failed')
    return { tone: 'warning', title: 'Nothing to compute with.', text: 'See below what to do.' };
  if (engine.state === 'lost') {
    return {
      tone: 'warning',
      title: 'The engine was lost.',
      text: 'The curves of the run are kept below until it is restarted.',
    };
  }
  if (runState === 'failed')
    return { tone: 'warning', title: 'The run stopped.', text: 'See below why, and what to do.' };
  if (active === null) {
    if (data.loading !== null)
      return plain(
        `Loading ${data.loading.name}.`,
        'Train may be pressed already: the run starts as soon as the images are here.',
      );
    if (problem !== null && engine.state === 'ready') return { tone: 'warning', title: 'No run yet.', text: problem };
    return plain('Getting ready.', 'The engine is being started.');
  }
  if (runState === 'building') {
    return plain(
      'Getting ready.',
      'The untrained network is being measured: it is what the run will be judged against.',
    );
  }
  if (step === 0 && runState === 'paused') return plain('Ready.', `Press Train. ${outlook(run, active.config)}`);
  const status = diagnosed(run, active.config);
  if (runState === 'finished') return { ...status, title: `Finished after ${step} steps. ${status.title}` };
  if (runState === 'paused' && status.tone !== 'warning') return { ...status, title: `Paused at step ${step}.` };
  return status;
}
