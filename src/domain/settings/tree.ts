import { z } from '../zod';
import type { DATASET_CHOICES, PRESET_NAMES } from './names';
import type { Setting } from './setting';

/** Settings by key, some of them in nested groups: `augment.crop.scaleMin`. */
export interface SettingTree {
  readonly [key: string]: Setting | SettingTree;
}

/** The schemas of a tree's settings; a group is a strict object. */
export type ShapeOf<T> = {
  [K in keyof T]: T[K] extends { readonly schema: infer Schema extends z.ZodType }
    ? Schema
    : z.ZodObject<ShapeOf<T[K]>, z.core.$strict>;
};
/** The values of a tree's settings. */
export type ValuesOf<T> = {
  [K in keyof T]: T[K] extends { readonly schema: infer Schema extends z.ZodType } ? z.infer<Schema> : ValuesOf<T[K]>;
};

function isSetting(node: Setting | SettingTree): node is Setting {
  return 'valueIn' in node && typeof node.valueIn === 'function';
}

export function shapeOf<T extends SettingTree>(tree: T): ShapeOf<T> {
  const shape = Object.entries(tree).map(([key, node]): [string, z.ZodType] => [
    key,
    isSetting(node) ? node.schema : z.strictObject(shapeOf(node)),
  ]);
  return Object.fromEntries(shape) as ShapeOf<T>;
}

/** All settings of a tree with their dotted paths, in the order of declaration. */
export function settingsIn(tree: SettingTree, prefix = ''): (readonly [path: string, setting: Setting])[] {
  return Object.entries(tree).flatMap(([key, node]) =>
    isSetting(node) ? [[prefix + key, node] as const] : settingsIn(node, `${prefix}${key}.`),
  );
}

/** The defaults of a tree's settings under a preset on a data set. */
export function valuesIn<T extends SettingTree>(
  tree: T,
  preset: (typeof PRESET_NAMES)[number],
  dataset: (typeof DATASET_CHOICES)[number],
): ValuesOf<T> {
  const values = Object.entries(tree).map(([key, node]) => [
    key,
    isSetting(node) ? node.valueIn(preset, dataset) : valuesIn(node, preset, dataset),
  ]);
  return Object.fromEntries(values) as ValuesOf<T>;
}
