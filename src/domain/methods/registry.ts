import type { z } from 'zod';
import { barlowTwins } from './barlowTwins';
import { byol } from './byol';
import type { Options } from './option';
import { simclr } from './simclr';
import { simsiam } from './simsiam';
import { swav } from './swav';

/** Every method the page offers, in its order; the engine has an implementation for each. */
export const METHODS = { simsiam, byol, simclr, swav, barlowTwins };

export type MethodName = keyof typeof METHODS;
export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

type OptionsOf<M extends MethodName> = (typeof METHODS)[M]['options'];
export type OptionName = { [M in MethodName]: keyof OptionsOf<M> }[MethodName];
/** The option of that name, as the methods that have it declare it. */
type OptionOf<K extends OptionName> = {
  [M in MethodName]: OptionsOf<M> extends Readonly<Record<K, infer Found>> ? Found : never;
}[MethodName];
type LiveOptionName = { [K in OptionName]: OptionOf<K> extends { readonly live: true } ? K : never }[OptionName];
type Shape<K extends OptionName> = {
  [Name in K]: OptionOf<Name> extends { readonly schema: infer S extends z.ZodType } ? S : never;
};

const OPTIONS = new Map(METHOD_NAMES.flatMap((method) => Object.entries<Options[string]>(METHODS[method].options)));

function shapeOf<K extends OptionName>(keep: (option: Options[string]) => boolean): Shape<K> {
  const kept = [...OPTIONS].filter(([, option]) => keep(option));
  return Object.fromEntries(kept.map(([name, { schema }]) => [name, schema])) as Shape<K>;
}

/** The options of all methods by name; methods that have one in common share its declaration. */
export const ALL_OPTIONS: ReadonlyMap<string, Options[string]> = OPTIONS;
/** The schemas of all options, and of those that may change while a run goes on. */
export const optionShape = shapeOf<OptionName>(() => true);
export const liveOptionShape = shapeOf<LiveOptionName>(({ live }) => live);

export function hasOption(method: MethodName, name: string): boolean {
  return Object.hasOwn(METHODS[method].options, name);
}
