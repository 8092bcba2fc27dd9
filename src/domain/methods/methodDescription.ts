import type { HEADS } from '../settings/heads';
import type { OPTIMISER } from '../settings/optimiser';
import type { Setting } from '../settings/setting';
import type { ValuesOf } from '../settings/tree';
import type { z } from '../zod';

/** Settings that every method has; a method may override their defaults. */
export type SharedSettings = ValuesOf<typeof HEADS> & ValuesOf<typeof OPTIMISER>;

/** Settings that only some methods have, by name; methods with the same option share its declaration. */
export type Options = Readonly<Record<string, Setting>>;

/**
 * A box of the method's diagram, with the kinds of the paper's Figure 3. A `network` is trained by the gradient, a `follower` copies or
 * averages a network's weights, an `operation` has no trained weights, a `memory` holds outputs of other images or steps.
 */
export interface DiagramNode {
  readonly id: string;
  readonly label: string;
  /** A second line, below the label. */
  readonly detail?: string;
  readonly kind: 'view' | 'network' | 'follower' | 'operation' | 'memory' | 'loss';
  readonly branch: 1 | 2 | 'both';
}

/** An arrow, labelled with the value that it passes forward. `gradient`: whether the loss's gradient flows back along it. */
export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly gradient: boolean;
  /** The setting shown as a switch on this arrow, if there is one. */
  readonly control?: string;
}

/** A relation between two boxes: they share their weights, or the second follows the first. */
export interface DiagramLink {
  readonly from: string;
  readonly to: string;
  readonly kind: 'shared' | 'follows';
  /** Empty where another link of the diagram already shows the same label. */
  readonly label: string;
}

export interface Diagram {
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  readonly links: readonly DiagramLink[];
  /** The loss for these settings, in the paper's notation. */
  readonly formula: string;
  readonly caption: string;
}

/** The argument of a description's functions: the shared settings and the method's own. */
export type SettingsOf<O extends Options> = SharedSettings & { [K in keyof O]: z.infer<O[K]['schema']> };

/** A method as data, which the page and the link codec use without the engine. */
export interface MethodDescription<O extends Options = Options> {
  readonly title: string;
  /** One sentence for a newcomer. */
  readonly summary: string;
  /** How it avoids collapse (Table 4). */
  readonly answerToCollapse: string;
  readonly paper: string;
  /** Its options, i.e. settings besides the shared ones, in the order in which the page shows them. */
  readonly options: O;
  /**
   * Its values that differ from `base`, the shared settings of a preset. `longRecipe` asks for the papers' recipes of hundreds of epochs
   * instead of ones that learn in a short run.
   */
  defaults(base: SharedSettings, longRecipe: boolean): Partial<SettingsOf<O>>;
  /** Invalid combinations of settings, each as a sentence that says what to change; empty when there is none. */
  problems(config: SettingsOf<O>): string[];
  /** Smallest and largest loss under these settings; null where the smallest is not known beforehand. */
  lossRange(config: SettingsOf<O>): readonly [min: number, max: number] | null;
  /** What the values of the loss mean, in a sentence or two. */
  lossHelp(config: SettingsOf<O>): string;
  /** The training step drawn as in the paper's Figures 1 and 3, for these settings. */
  diagram(config: SettingsOf<O>): Diagram;
}

/** Checks a description against its own options. */
export function describeMethod<O extends Options>(description: MethodDescription<O>): MethodDescription<O> {
  return description;
}
