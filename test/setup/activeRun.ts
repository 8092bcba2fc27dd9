import type { RunConfig } from '../../src/domain/runConfig';
import type { ActiveRun } from '../../src/session/run/runStore';

/** The first run on the page, which began at step 0. */
export function activeRun(config: RunConfig): ActiveRun {
  return { runId: 'run-1', config, keptId: 'kept-1', parent: null, reopenedAt: null };
}
