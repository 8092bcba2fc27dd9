import { type ConfigPath, flattenConfig } from '../../domain/configPath';
import type { Leaf } from '../../domain/settings/setting';
import { shownConfig } from '../../session/run/runStore';
import { useLab, useRun } from '../lab';

/** A setting as it stands, and how to change it. A value that does not fit is left out: the controls do not offer any. */
export function useSetting(path: ConfigPath): { readonly value: Leaf | undefined; set(value: Leaf): void } {
  const lab = useLab();
  const value = useRun((run) => flattenConfig(shownConfig(run)).get(path));
  return { value, set: (next) => lab.set(path, next) };
}
