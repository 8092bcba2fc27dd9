import { setting } from '../settings/setting';
import { z } from '../zod';
import { SAME_ENCODER, SAME_WEIGHTS, throughPredictor, VIEW_EDGES, VIEWS } from './diagramParts';
import { type Diagram, describeMethod, type SettingsOf } from './methodDescription';
import { fixPredictorLr, headBatchNorm, predictor, predictorHidden, stopGradient } from './options';

const options = {
  lambda: setting('heads', z.number().min(0).max(1), {
    label: 'Redundancy weight λ',
    help: 'Weight of the second part of the loss, which makes different dimensions of the output uncorrelated; the first makes each dimension agree between the views. The paper’s best is 0.005. At 0 all dimensions may be the same.',
    step: 0.001,
    source: 'Barlow Twins, Sec. 2.2',
    live: true,
    value: 0.005,
  }),
  stopGradient,
  predictor,
  headBatchNorm,
  predictorHidden,
  fixPredictorLr,
};

type Settings = SettingsOf<typeof options>;

/** Figure 1 of its paper in the style of SimSiam's Figure 3: two equal branches, whose dimensions are correlated over the batch. */
function diagram({ predictor, stopGradient, outputDim }: Settings): Diagram {
  const first = throughPredictor(predictor, 'C');
  const alike = predictor === 'none' && !stopGradient;
  const mirror = alike ? '' : ' The loss is the mean of this term and the same with the views swapped.';
  const p = predictor === 'none' ? 'z' : 'p';
  const target = stopGradient ? 'stopgrad(z2)' : 'z2';
  return {
    nodes: [
      ...VIEWS,
      ...SAME_ENCODER,
      ...first.nodes,
      { id: 'C', label: 'C', detail: `${outputDim} × ${outputDim}`, kind: 'operation', branch: 'both' },
      { id: 'loss', label: 'C ≈ identity', kind: 'loss', branch: 'both' },
    ],
    edges: [
      ...VIEW_EDGES,
      ...first.edges,
      { from: 'f2', to: 'C', label: 'z₂', gradient: !stopGradient, control: 'stopGradient' },
      { from: 'C', to: 'loss', label: '', gradient: true },
    ],
    links: [SAME_WEIGHTS],
    formula: `L = Σ (1 − Cᵢᵢ)² + λ Σ Cᵢⱼ²,  C = corr(${p}1, ${target}), j ≠ i`,
    caption: `C holds the correlation, over the batch, of each dimension of one output with each of the other. The loss pulls its diagonal to 1, so that the views agree, and all other entries to 0, so that no two dimensions are redundant; the gradient (dashed) flows through ${stopGradient ? 'one branch only' : 'both branches'}.${mirror}`,
  };
}

export const barlowTwins = describeMethod({
  title: 'Barlow Twins',
  summary:
    'Each dimension of the output should agree between the two views and be uncorrelated with every other dimension.',
  answerToCollapse:
    'Redundancy reduction: over the batch, each dimension must vary and be uncorrelated with the others. No negative pairs, predictor or momentum encoder.',
  paper: 'Zbontar et al., Barlow Twins: Self-Supervised Learning via Redundancy Reduction, arXiv 2103.03230',
  options,
  defaults: ({ outputDim, baseLearningRate }) => ({
    projectorLayers: 3,
    // The loss is a sum over d dimensions, so its gradients are larger; its paper's rates are for LARS, which normalises gradients.
    baseLearningRate: baseLearningRate / 25,
    // 0.005 is for d = 8192: fewer dimensions have fewer pairs, whose share of the loss would be negligible at that weight.
    lambda: Math.max(0.005, Number((1 / outputDim).toPrecision(2))),
    predictorHidden: Math.max(1, Math.floor(outputDim / 4)),
    headBatchNorm: 'hidden',
    stopGradient: false,
    predictor: 'none',
  }),
  problems: () => [],
  // Its smallest value depends on the images: a batch smaller than d cannot have d uncorrelated dimensions.
  lossRange: () => null,
  lossHelp: ({ outputDim }) =>
    `${outputDim} (d): the outputs of the two views are uncorrelated, as with a constant output; 0: every dimension agrees between the views and is uncorrelated with the others. Depends on d and λ.`,
  diagram,
});
