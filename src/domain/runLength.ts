import type { LiveChange, RunConfig } from './runConfig';

/**
 * The step at which a run is finished, with its changes in flight in the order in which they were made: its length, or the step of the
 * change where the length became smaller than the steps done.
 */
export function endOfRun({ totalSteps }: Pick<RunConfig, 'totalSteps'>, changes: readonly LiveChange[]): number {
  let end = totalSteps;
  for (const [step, key, value] of changes) if (key === 'totalSteps') end = Math.max(step, Number(value));
  return end;
}
