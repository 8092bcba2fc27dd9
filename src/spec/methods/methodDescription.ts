import type { ConfigPath } from '../configPath';
import type { MethodName, RunConfig } from '../runConfig';

/** A box of the method's diagram. `shared` boxes of the two branches have the same weights. */
export interface DiagramNode {
  readonly id: string;
  readonly label: string;
  readonly kind: 'view' | 'network' | 'loss';
  readonly branch: 1 | 2 | 'both';
  readonly shared?: boolean;
}

/** An arrow: `forward` carries `label`; `gradient` says whether the loss's gradient comes back along it. */
export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly gradient: boolean;
  /** The setting that is a switch on this arrow, if there is one. */
  readonly control?: ConfigPath;
}

export interface Diagram {
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  /** The loss as the paper writes it, for these settings. */
  readonly formula: string;
  readonly caption: string;
}

/** A method as data, so that the page and the link codec know it without the engine. */
export interface MethodDescription {
  readonly name: MethodName;
  readonly title: string;
  /** One sentence for a newcomer. */
  readonly summary: string;
  /** How it avoids collapse (Table 4). */
  readonly answerToCollapse: string;
  readonly paper: string;
  /** Smallest and largest loss under these settings; null where the smallest is not known beforehand. */
  lossRange(config: RunConfig): readonly [min: number, max: number] | null;
  /** Settings that only this method has. */
  readonly options: readonly ConfigPath[];
  /** The step as the paper's Figure 1, for these settings. */
  diagram(config: RunConfig): Diagram;
}
