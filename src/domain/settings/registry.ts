import { METHOD_OPTIONS } from '../methods/registry';
import { AUGMENT } from './augment';
import { HEADS } from './heads';
import { MONITORS } from './monitors';
import { NETWORK } from './network';
import { OPTIMISER } from './optimiser';
import { RUN } from './run';
import { settingsIn } from './tree';

/** Every setting of a run, in the order in which links and tables list them. */
export const SETTINGS = {
  ...RUN,
  ...NETWORK,
  ...METHOD_OPTIONS,
  ...HEADS,
  ...OPTIMISER,
  augment: AUGMENT,
  ...MONITORS,
};

/** The same by their dotted paths. */
export const SETTING_LIST = settingsIn(SETTINGS);
