import { z } from 'zod';
import { setting } from '../settings/setting';
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

/** Figure 1 of its paper, in the terms of Figure 3 here: both branches alike, compared dimension by dimension over the batch. */
function diagram({ predictor, stopGradient, outputDim }: Settings): Diagram {
  const first = throughPredictor(predictor, 'C');
  const alike = predictor === 'none' && !stopGradient;
  const mirror = alike ? '' : ' The loss is the mean of this and its mirror image, with the views exchanged.';
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
    caption: `C holds the correlation, over the batch, of each dimension of one output with each of the other. Its diagonal is drawn to 1, so that the views agree, the rest to 0, so that no two dimensions say the same; the gradient (dashed) takes ${stopGradient ? 'one branch only' : 'both branches'}.${mirror}`,
  };
}

export const barlowTwins = describeMethod({
  title: 'Barlow Twins',
  summary: 'Each dimension of the output is to agree between the two views, and to say what no other dimension says.',
  answerToCollapse:
    'Redundancy reduction: over the batch, each dimension has to vary and to differ from the others. No negative pairs, predictor or momentum encoder.',
  paper: 'Zbontar et al., Barlow Twins: Self-Supervised Learning via Redundancy Reduction, arXiv 2103.03230',
  options,
  defaults: ({ outputDim, baseLearningRate }) => ({
    projectorLayers: 3,
    // A sum over d, with as much longer gradients; its paper's rates are for LARS, which takes no notice of their length.
    baseLearningRate: baseLearningRate / 25,
    // 0.005 is for d = 8192: with few dimensions the fewer pairs would hardly count.
    lambda: Math.max(0.005, Number((1 / outputDim).toPrecision(2))),
    predictorHidden: Math.max(1, Math.floor(outputDim / 4)),
    headBatchNorm: 'hidden',
    stopGradient: false,
    predictor: 'none',
  }),
  problems: () => [],
  // Its smallest depends on the images: a batch smaller than d cannot have d uncorrelated dimensions.
  lossRange: () => null,
  lossHelp: ({ outputDim }) =>
    `${outputDim} (d): the outputs of the two views are uncorrelated, as with a constant output; 0: every dimension agrees between the views and is uncorrelated with the others. Depends on d and λ.`,
  diagram,
});
