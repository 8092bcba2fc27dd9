import type { DiagramEdge, DiagramLink, DiagramNode } from './methodDescription';
import type { PredictorMode } from './options';

/** What the diagrams of all methods have in common. */

export const VIEWS: readonly DiagramNode[] = [
  { id: 'x1', label: 'x₁', kind: 'view', branch: 1 },
  { id: 'x2', label: 'x₂', kind: 'view', branch: 2 },
];

export const VIEW_EDGES: readonly DiagramEdge[] = [
  { from: 'x1', to: 'f1', label: '', gradient: false },
  { from: 'x2', to: 'f2', label: '', gradient: false },
];

/** The encoder of both branches, with the same weights. */
export const SAME_ENCODER: readonly DiagramNode[] = [
  { id: 'f1', label: 'encoder f', kind: 'network', branch: 1 },
  { id: 'f2', label: 'encoder f', kind: 'network', branch: 2 },
];

export const SAME_WEIGHTS: DiagramLink = { from: 'f1', to: 'f2', kind: 'shared', label: 'same weights' };

/** The path of branch 1 from the encoder to `next`, through the predictor if there is one. */
export function throughPredictor(
  predictor: PredictorMode,
  next: string,
): { readonly nodes: readonly DiagramNode[]; readonly edges: readonly DiagramEdge[] } {
  if (predictor === 'none') return { nodes: [], edges: [{ from: 'f1', to: next, label: 'z₁', gradient: true }] };
  const node: DiagramNode = { id: 'h', label: 'predictor h', kind: 'network', branch: 1 };
  return {
    nodes: [predictor === 'fixed' ? { ...node, detail: 'fixed at random', kind: 'operation' } : node],
    edges: [
      { from: 'f1', to: 'h', label: 'z₁', gradient: true },
      { from: 'h', to: next, label: 'p₁', gradient: true },
    ],
  };
}
