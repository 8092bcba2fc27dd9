import { DIAGNOSIS_STATES } from '../../domain/diagnosis/states';
import { presetConfig } from '../../domain/presets';
import type { LiveChange } from '../../domain/runConfig';
import type { Beginning } from '../run/beginning';
import { liveSettings, type RunStoreState } from '../run/runStore';

/** Where a run that failed can be taken up again, and what the fork has to change there. */
export interface WayBack {
  readonly step: number;
  readonly changes: Beginning['changes'];
}

/**
 * The last kept step before what made a run fail: before the change in flight that caused it, which a fork does not make; or, where stop-gradient was off
 * from the start, before the failure, with stop-gradient on. null where the run has not failed, where no cause is known, since a fork would
 * only repeat the failure, and where no such step is kept.
 */
export function wayBack(run: RunStoreState): WayBack | null {
  const { active, diagnosis, kept, changes } = run;
  if (active === null || diagnosis === null || kept === null) return null;
  if (!('since' in diagnosis) || !DIAGNOSIS_STATES[diagnosis.state].isFailure) return null;
  const { since } = diagnosis;
  const change = causeAmong(changes.filter(([at]) => at > 0 && at <= since));
  const { preset, dataset, method } = active.config;
  const isOff = !active.config.stopGradient && presetConfig(preset, dataset, method).stopGradient;
  if (change === undefined && (!isOff || liveSettings(run).stopGradient)) return null;
  const before = change === undefined ? since - 1 : change[0];
  const step = kept.steps.findLast((at) => at.step <= before)?.step ?? 0;
  if (step === 0) return null;
  return { step, changes: change === undefined ? [['stopGradient', true]] : [] };
}

/** Of the changes before a failure the one that stands for its cause: where stop-gradient went off, that; else the last one. */
function causeAmong(changes: readonly LiveChange[]): LiveChange | undefined {
  return changes.findLast(([, key, value]) => key === 'stopGradient' && value === false) ?? changes.at(-1);
}
