import { DIAGNOSIS_STATES, type DiagnosisState } from '../../domain/diagnosis/states';
import type { OutputCloud, OutputFrame, Reading } from '../../domain/outputFrame';
import { frameAt } from '../../session/frames/frameAt';
import type { ShownRun } from './useShownRuns';

/** A frame and what was known of the run at its step. */
export interface Moment {
  readonly frame: OutputFrame;
  /** The diagnosis at the frame's step; null where there is none. */
  readonly state: DiagnosisState | null;
  /** The frame at which stop-gradient was switched off; null where it was not. */
  readonly before: OutputFrame | null;
}

/** A frame with what was known of the run then. */
export function momentOf(run: Pick<ShownRun, 'track' | 'markers' | 'stateAt'>, frame: OutputFrame): Moment {
  // Where stop-gradient was last switched off, if it has not been switched on again.
  const change = run.markers.findLast(
    (marker) => marker.kind === 'change' && marker.key === 'stopGradient' && marker.step <= frame.step,
  );
  const isOff = change?.kind === 'change' && change.value === false;
  return { frame, state: run.stateAt(frame.step), before: isOff ? frameAt(run.track, change.step) : null };
}

/** Where the images lay when the switch went off: shown only while the outputs run together, or have. null: not shown. */
export function trailStartOf({ frame, state, before }: Moment, reading: Reading): OutputCloud | null {
  const narrows = state === 'narrowing' || state === 'collapsed';
  return narrows && before !== null && before.step < frame.step ? before[reading] : null;
}

/** The diagnosis' name, “untrained” before the first step; empty without a diagnosis. */
export function stateNameOf({ frame, state }: Moment): string {
  if (frame.step === 0) return 'untrained';
  return state === null ? '' : DIAGNOSIS_STATES[state].name;
}
