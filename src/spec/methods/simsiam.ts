import type { RunConfig } from '../runConfig';
import type { Diagram, DiagramEdge, DiagramNode, MethodDescription } from './methodDescription';

function formula({ predictor, stopGradient, symmetric, similarity }: RunConfig): string {
  const p = predictor === 'none' ? 'z' : 'p';
  const target = (i: number) => (stopGradient ? `stopgrad(z${i})` : `z${i}`);
  const d = similarity === 'cosine' ? 'D' : 'H';
  if (!symmetric) return `L = ${d}(${p}1, ${target(2)})`;
  return `L = ½ ${d}(${p}1, ${target(2)}) + ½ ${d}(${p}2, ${target(1)})`;
}

/** Figure 1: the predictor on one branch, stop-gradient on the other; the symmetric loss adds its mirror image. */
function diagram(config: RunConfig): Diagram {
  const { predictor, stopGradient, symmetric } = config;
  const nodes: DiagramNode[] = [
    { id: 'x1', label: 'x₁', kind: 'view', branch: 1 },
    { id: 'x2', label: 'x₂', kind: 'view', branch: 2 },
    { id: 'f1', label: 'encoder f', kind: 'network', branch: 1, shared: true },
    { id: 'f2', label: 'encoder f', kind: 'network', branch: 2, shared: true },
  ];
  const edges: DiagramEdge[] = [
    { from: 'x1', to: 'f1', label: '', gradient: false },
    { from: 'x2', to: 'f2', label: '', gradient: false },
  ];
  if (predictor === 'none') {
    edges.push({ from: 'f1', to: 'loss', label: 'z₁', gradient: true });
  } else {
    const label = predictor === 'fixed' ? 'predictor h (fixed)' : 'predictor h';
    nodes.push({ id: 'h', label, kind: 'network', branch: 1 });
    edges.push(
      { from: 'f1', to: 'h', label: 'z₁', gradient: true },
      { from: 'h', to: 'loss', label: 'p₁', gradient: true },
    );
  }
  nodes.push({ id: 'loss', label: 'similarity', kind: 'loss', branch: 'both' });
  edges.push({ from: 'f2', to: 'loss', label: 'z₂', gradient: !stopGradient, control: 'stopGradient' });
  const mirror = symmetric ? ' The loss adds the mirror image, with the views exchanged.' : '';
  const caption = stopGradient
    ? `The gradient (dashed) reaches the encoder through the predictor’s branch only; z₂ is taken as a constant.${mirror}`
    : `The gradient (dashed) reaches the encoder through both branches: nothing stops both outputs from becoming one constant.${mirror}`;
  return { nodes, edges, formula: formula(config), caption };
}

export const simsiam: MethodDescription = {
  name: 'simsiam',
  title: 'SimSiam',
  summary:
    'Two augmented views of each image; a small predictor makes the output of one match the output of the other.',
  answerToCollapse: 'Stop-gradient and a predictor: no negative pairs, no momentum encoder, no clustering.',
  paper: 'Chen & He, Exploring Simple Siamese Representation Learning, arXiv 2011.10566',
  // A cosine can reach +1, but two views of one picture never start out opposed.
  lossRange: ({ similarity }) => (similarity === 'cosine' ? [-1, 0] : null),
  options: ['stopGradient', 'predictor', 'headBatchNorm', 'similarity', 'symmetric', 'fixPredictorLr'],
  diagram,
};
