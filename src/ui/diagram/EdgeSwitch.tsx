import { Switch } from '@mantine/core';
import { type ConfigPath, flattenConfig } from '../../domain/configPath';
import { fieldOf } from '../../domain/fields';
import { presetConfig } from '../../domain/presets';
import { useRun } from '../lab';
import { useSetting } from '../settings/useSetting';
import classes from './Diagram.module.css';

/** A setting as a switch on its arrow, which also works during a run. It warns when it is off and the method has it on by default. */
export function EdgeSwitch({ path }: { readonly path: ConfigPath }) {
  const { value, set } = useSetting(path);
  const config = useRun((run) => run.config);
  const usual = flattenConfig(presetConfig(config.preset, config.dataset, config.method)).get(path);
  const on = value === true;
  const { label } = fieldOf(path);
  return (
    <Switch
      wrapperProps={{ 'data-part': path }}
      className={`${classes.switch} ${!on && usual === true ? classes.switchOff : ''}`}
      color="accent"
      label={label}
      checked={on}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}
