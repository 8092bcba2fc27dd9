import type { Setting } from '../settings/setting';
import type { ValuesOf } from '../settings/tree';
import type { Layer } from './layer';

/** Settings that only some backbones have; they are fixed for a run. */
export type BackboneOptions = Readonly<Record<string, Setting>>;

/** A backbone as data: the part of the encoder whose output, the features, is kept after training. */
export interface BackboneDescription<O extends BackboneOptions = BackboneOptions> {
  readonly title: string;
  /** Its options, in the order in which the page shows them. */
  readonly options: O;
  /** Width of the features. */
  readonly featureDim: number;
  /**
   * From images [N, imageSize, imageSize, 3], normalised, to features [N, featureDim]. Names begin with `encoder.`; the weights are drawn
   * in the order of the list, a residual's body before its shortcut.
   * @param imageSize side in pixels
   */
  layers(imageSize: number, options: ValuesOf<O>): Layer[];
}

/** Checks a description against its own options. */
export function describeBackbone<O extends BackboneOptions>(
  description: BackboneDescription<O>,
): BackboneDescription<O> {
  return description;
}
