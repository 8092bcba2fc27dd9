import { resnet18 } from './resnet18';
import { resnet34 } from './resnet34';
import { resnet50 } from './resnet50';
import { small } from './small';
import { tiny } from './tiny';

/** Every backbone, in the order in which the page lists them. */
export const BACKBONES = { tiny, small, resnet18, resnet34, resnet50 };

export type BackboneName = keyof typeof BACKBONES;
export const BACKBONE_NAMES = Object.keys(BACKBONES) as BackboneName[];

type OptionsOf<B extends BackboneName> = (typeof BACKBONES)[B]['options'];
type BackboneOptionName = { [B in BackboneName]: keyof OptionsOf<B> }[BackboneName];
/** The type of the option with that name. */
type OptionOf<K extends BackboneOptionName> = {
  [B in BackboneName]: OptionsOf<B> extends Readonly<Record<K, infer Found>> ? Found : never;
}[BackboneName];

/** The options of all backbones by name; backbones with the same option share its declaration. */
export const BACKBONE_OPTIONS = Object.fromEntries(
  BACKBONE_NAMES.flatMap((backbone) => Object.entries(BACKBONES[backbone].options)),
) as { [K in BackboneOptionName]: OptionOf<K> };

/** The names of the backbones on the page. */
export const BACKBONE_TITLES = Object.fromEntries(
  BACKBONE_NAMES.map((name) => [name, BACKBONES[name].title]),
) as Readonly<Record<BackboneName, string>>;

/** Whether an option of some backbones is not one of this backbone. */
export function isOptionOfOthers(backbone: BackboneName, path: string): boolean {
  return Object.hasOwn(BACKBONE_OPTIONS, path) && !Object.hasOwn(BACKBONES[backbone].options, path);
}
