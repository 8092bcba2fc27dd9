import { presetConfig } from '../../domain/presets';
import type { RunConfig } from '../../domain/runConfig';
import { liveSettings, type RunStoreState } from '../../session/run/runStore';

/** The default settings of the run's preset and method: a part that is off by default is not a cause of collapse. */
function usual({ preset, dataset, method }: RunConfig): RunConfig {
  return presetConfig(preset, dataset, method);
}

/** Whether the method collapses without stop-gradient. SwAV has one too, but its balanced assignments also prevent collapse. */
export function hangsOnStopGradient(config: RunConfig): boolean {
  return config.method === 'simsiam' && usual(config).stopGradient;
}

/** Whether stop-gradient is off although the method has it on by default. */
export function lacksStopGradient(run: RunStoreState, config: RunConfig): boolean {
  return !liveSettings(run).stopGradient && usual(config).stopGradient;
}

/** The step at which stop-gradient went off, if it was off at `step`; null if it was on, or off from the start. */
export function wentOffBefore({ changes }: RunStoreState, step: number): number | null {
  const last = changes.findLast(([at, key]) => key === 'stopGradient' && at <= step);
  return last !== undefined && last[2] === false && last[0] > 0 && last[0] < step ? last[0] : null;
}

/** What stop-gradient off leads to; null where it is on, or off by default. */
export function withoutStopGradient(run: RunStoreState, config: RunConfig): string | null {
  if (!lacksStopGradient(run, config)) return null;
  return hangsOnStopGradient(config)
    ? 'Stop-gradient is off: nothing prevents a constant output. Watch the loss fall to its minimum and the output std to 0.'
    : 'Stop-gradient is off: the gradient also flows through the targets. In the paper the loss then becomes NaN (Sec. 6.2).';
}

/** The likely cause of a collapse, judged by the settings; null where they give none. */
export function knownCause(run: RunStoreState, config: RunConfig, since: number): string | null {
  if (lacksStopGradient(run, config)) {
    return 'With stop-gradient off, a constant output is a trivial solution, and the gradient leads directly to it. At a constant output the gradient is zero, so switching stop-gradient on again hardly helps: go back to a step before, or press Reset to start a new run.';
  }
  const switchedOn = run.changes.some(
    ([step, key, value]) => key === 'stopGradient' && value === true && step >= since && step <= run.step,
  );
  if (switchedOn) {
    return 'Stop-gradient is on again: watch whether the output std rises. At a constant output the gradient is zero, so training can hardly leave this state.';
  }
  if (liveSettings(run).predictor === 'none' && usual(config).predictor !== 'none') {
    return 'Without the predictor h, stop-gradient does not help: it halves the gradient and does not change its direction (Sec. 4.2).';
  }
  if (config.headBatchNorm === 'none') {
    return 'The heads have no batch normalisation, so nothing keeps their outputs spread (Sec. 4.4).';
  }
  return null;
}

/** The likely cause of a collapse, or what to try where the settings do not show it. */
export function causeOf(run: RunStoreState, config: RunConfig, since: number): string {
  return (
    knownCause(run, config, since) ??
    'A very high learning rate or very weak augmentation can cause this: lower the learning rate or strengthen the augmentation, then press Reset.'
  );
}

/** What to watch for in a run that has just started or has not started yet. */
export function outlook(run: RunStoreState, config: RunConfig): string {
  const switchIt = hangsOnStopGradient(config) ? ' Then switch stop-gradient off and watch both.' : '';
  return (
    withoutStopGradient(run, config) ??
    `The loss should fall while the output std stays near its initial value.${switchIt}`
  );
}
