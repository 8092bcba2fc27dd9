import type { z } from 'zod';
import type { BackboneOptions } from './backboneOption';
import { resnet18 } from './resnet18';
import { small } from './small';
import { tiny } from './tiny';

/** Every backbone the page offers, in its order. */
export const BACKBONES = { tiny, small, resnet18 };

export type BackboneName = keyof typeof BACKBONES;
export const BACKBONE_NAMES = Object.keys(BACKBONES) as BackboneName[];

type OptionsOf<B extends BackboneName> = (typeof BACKBONES)[B]['options'];
export type BackboneOptionName = { [B in BackboneName]: keyof OptionsOf<B> }[BackboneName];
/** The option of that name, as the backbones that have it declare it. */
type OptionOf<K extends BackboneOptionName> = {
  [B in BackboneName]: OptionsOf<B> extends Readonly<Record<K, infer Found>> ? Found : never;
}[BackboneName];
type Shape = {
  [K in BackboneOptionName]: OptionOf<K> extends { readonly schema: infer S extends z.ZodType } ? S : never;
};

const OPTIONS = new Map(
  BACKBONE_NAMES.flatMap((backbone) => Object.entries<BackboneOptions[string]>(BACKBONES[backbone].options)),
);

/** The options of all backbones by name; backbones that have one in common share its declaration. */
export const ALL_BACKBONE_OPTIONS: ReadonlyMap<string, BackboneOptions[string]> = OPTIONS;
/** Their schemas. */
export const backboneOptionShape = Object.fromEntries(
  [...OPTIONS].map(([name, { schema }]) => [name, schema]),
) as Shape;
