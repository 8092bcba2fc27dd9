import { barlowTwins } from './barlowTwins';
import { byol } from './byol';
import type { Options } from './methodDescription';
import { simclr } from './simclr';
import { simsiam } from './simsiam';
import { swav } from './swav';

/** Every method, in the order in which the page lists them; the engine has an implementation of each. */
export const METHODS = { simsiam, byol, simclr, swav, barlowTwins };

export type MethodName = keyof typeof METHODS;
export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

type OptionsOf<M extends MethodName> = (typeof METHODS)[M]['options'];
export type OptionName = { [M in MethodName]: keyof OptionsOf<M> }[MethodName];
/** The type of the option with that name. */
type OptionOf<K extends OptionName> = {
  [M in MethodName]: OptionsOf<M> extends Readonly<Record<K, infer Found>> ? Found : never;
}[MethodName];
const OPTIONS = new Map(METHOD_NAMES.flatMap((method) => Object.entries<Options[string]>(METHODS[method].options)));

/** The options of all methods by name; methods with the same option share its declaration. */
export const ALL_OPTIONS: ReadonlyMap<string, Options[string]> = OPTIONS;
export const METHOD_OPTIONS = Object.fromEntries(OPTIONS) as { [K in OptionName]: OptionOf<K> };

export function hasOption(method: MethodName, name: string): boolean {
  return Object.hasOwn(METHODS[method].options, name);
}
