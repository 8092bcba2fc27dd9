import { Switch } from '@mantine/core';
import type { ConfigPath } from '../../spec/configPath';
import { fieldOf } from '../../spec/fields';
import { useSetting } from '../settings/useSetting';
import classes from './Diagram.module.css';

/** A setting as a switch on its arrow; it may be flipped while the run goes on. */
export function EdgeSwitch({ path }: { readonly path: ConfigPath }) {
  const { value, set } = useSetting(path);
  const on = value === true;
  const { label } = fieldOf(path);
  return (
    <Switch
      className={on ? classes.switchOn : classes.switchOff}
      color="accent"
      label={label}
      checked={on}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}
