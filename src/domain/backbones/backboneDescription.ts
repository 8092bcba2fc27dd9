import type { BackboneOptions, BackboneOptionValues } from './backboneOption';
import type { Layer } from './layer';

/** A backbone as data: the part of the encoder whose output, the features, is kept after training. */
export interface BackboneDescription<O extends BackboneOptions = BackboneOptions> {
  readonly title: string;
  /** The settings that it has, in the order in which the page shows them. */
  readonly options: O;
  /** Width of the features. */
  readonly featureDim: number;
  /**
   * From images [N, imageSize, imageSize, 3], normalised, to features [N, featureDim]. Names begin with `encoder.`; the weights are drawn
   * in the order of the list, a residual's body before its shortcut.
   * @param imageSize side in pixels
   */
  layers(imageSize: number, options: BackboneOptionValues<O>): Layer[];
}

/** Checks a description against its own options. */
export function describeBackbone<O extends BackboneOptions>(
  description: BackboneDescription<O>,
): BackboneDescription<O> {
  return description;
}
