import { SAME_ENCODER, throughPredictor, VIEW_EDGES, VIEWS } from './diagramParts';
import { type Diagram, describeMethod, type SettingsOf } from './methodDescription';
import { fixPredictorLr, headBatchNorm, predictor, predictorHidden, tauBase } from './options';

const options = { predictor, headBatchNorm, predictorHidden, tauBase, fixPredictorLr };

type Settings = SettingsOf<typeof options>;

/** Figure 3, "BYOL": SimSiam with a momentum encoder on the second branch. */
function diagram({ predictor }: Settings): Diagram {
  const first = throughPredictor(predictor, 'loss');
  const p = predictor === 'none' ? 'z' : 'p';
  return {
    nodes: [
      ...VIEWS,
      SAME_ENCODER[0],
      { id: 'f2', label: 'momentum', detail: 'encoder', kind: 'follower', branch: 2 },
      ...first.nodes,
      { id: 'loss', label: 'similarity', kind: 'loss', branch: 'both' },
    ],
    edges: [...VIEW_EDGES, ...first.edges, { from: 'f2', to: 'loss', label: 'z₂′', gradient: false }],
    links: [{ from: 'f1', to: 'f2', kind: 'follows', label: 'moving average' }],
    formula: `L = 2 − 2 cos(${p}1, z2′) + 2 − 2 cos(${p}2, z1′)`,
    caption:
      'The gradient (dashed) reaches the online encoder only; the momentum encoder is a moving average of its weights. The loss adds the same term with the views swapped.',
  };
}

export const byol = describeMethod({
  title: 'BYOL',
  summary: 'From one view, a network predicts the output of a slowly moving average of itself for another view.',
  answerToCollapse:
    'A momentum encoder and a predictor, positive pairs only. SimSiam is “BYOL without the momentum encoder”.',
  paper: 'Grill et al., Bootstrap Your Own Latent, arXiv 2006.07733',
  options,
  defaults: ({ projectorHidden }, longRecipe) => ({
    projectorLayers: 2,
    // The predictor has the projector's architecture.
    predictorHidden: projectorHidden,
    headBatchNorm: 'hidden',
    // 0.996 averages over about 250 steps, which is too many for a run of a few hundred steps.
    tauBase: longRecipe ? 0.996 : 0.99,
  }),
  problems: () => [],
  // It is 4 + 4 L, where L is SimSiam's loss in [-1, 0].
  lossRange: () => [0, 4],
  lossHelp: () =>
    '0: each view’s output is predicted perfectly; 4: prediction and target are orthogonal. A constant output reaches 0, too.',
  diagram,
});
