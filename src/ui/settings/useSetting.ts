import { type ConfigPath, flattenConfig } from '../../domain/configPath';
import type { Leaf } from '../../domain/settings/setting';
import { shownConfig } from '../../session/run/runStore';
import { useLab, useRun } from '../lab';

/** The current value of a setting, and a function that changes it. Invalid values are ignored; the controls do not offer any. */
export function useSetting(path: ConfigPath): { readonly value: Leaf | undefined; set(value: Leaf): void } {
  const lab = useLab();
  const value = useRun((run) => flattenConfig(shownConfig(run)).get(path));
  return { value, set: (next) => lab.set(path, next) };
}
