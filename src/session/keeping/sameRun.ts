import { flattenConfig } from '../../domain/configPath';
import type { LiveChange, RunConfig } from '../../domain/runConfig';

type Settings = { readonly config: RunConfig; readonly changes: readonly LiveChange[] };

/** Whether a page's address names a kept run: the same settings at step 0, and no change in flight that the run does not have. */
export function namesRun(address: Settings, kept: Settings): boolean {
  const settings = flattenConfig(kept.config);
  const isSame = [...flattenConfig(address.config)].every(([path, value]) => settings.get(path) === value);
  const known = new Set(kept.changes.map((change) => JSON.stringify(change)));
  return isSame && address.changes.every((change) => known.has(JSON.stringify(change)));
}
