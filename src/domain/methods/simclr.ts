import { microBatchSize } from '../microBatch';
import { SAME_ENCODER, SAME_WEIGHTS, throughPredictor, VIEW_EDGES, VIEWS } from './diagramParts';
import { type Diagram, describeMethod, type SettingsOf } from './methodDescription';
import {
  fixPredictorLr,
  headBatchNorm,
  predictor,
  predictorHidden,
  stopGradient,
  temperature,
  viewsTogether,
} from './options';

const options = {
  temperature,
  stopGradient,
  predictor,
  headBatchNorm,
  viewsTogether,
  predictorHidden,
  fixPredictorLr,
};

type Settings = SettingsOf<typeof options>;

/** Figure 3, "SimCLR": two equal branches, and all other images of the batch as negatives. */
function diagram(settings: Settings): Diagram {
  const { predictor, stopGradient } = settings;
  const first = throughPredictor(predictor, 'loss');
  const p = predictor === 'none' ? 'z' : 'p';
  const key = (z: string) => (stopGradient ? `stopgrad(${z})` : z);
  const gradient = !stopGradient;
  return {
    nodes: [
      ...VIEWS,
      ...SAME_ENCODER,
      ...first.nodes,
      {
        id: 'negatives',
        label: 'negatives',
        detail: `${2 * microBatchSize(settings) - 2} views`,
        kind: 'memory',
        branch: 'both',
      },
      { id: 'loss', label: 'similarity', detail: 'and dissimilarity', kind: 'loss', branch: 'both' },
    ],
    edges: [
      ...VIEW_EDGES,
      ...first.edges,
      { from: 'f1', to: 'negatives', label: '', gradient },
      { from: 'f2', to: 'negatives', label: '', gradient },
      { from: 'negatives', to: 'loss', label: '', gradient },
      { from: 'f2', to: 'loss', label: 'z₂', gradient, control: 'stopGradient' },
    ],
    links: [SAME_WEIGHTS],
    formula: `L = −log ( exp(cos(${p}1, ${key('z2')})/T) / Σ exp(cos(${p}1, ${key('z')})/T) )`,
    caption: stopGradient
      ? 'The two views of an image are pulled together and pushed away from all other images of the batch; the gradient (dashed) flows through one branch only. The loss is averaged over all views.'
      : 'The two views of an image are pulled together and pushed away from all other images of the batch; the gradient (dashed) flows through both branches. The loss is averaged over all views.',
  };
}

export const simclr = describeMethod({
  title: 'SimCLR',
  summary: 'The outputs of two views of an image should be more similar than those of different images.',
  answerToCollapse:
    'Negative pairs: outputs of different images are pushed apart, which needs large batches. SimSiam is “SimCLR without negatives”.',
  paper: 'Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, arXiv 2002.05709',
  options,
  defaults: ({ outputDim, baseLearningRate }, longRecipe) => {
    const d = Math.min(128, outputDim);
    return {
      projectorLayers: 2,
      // Short runs reach a higher kNN accuracy at twice SimSiam's rate (docs/paper.md).
      baseLearningRate: longRecipe ? baseLearningRate : 2 * baseLearningRate,
      outputDim: d,
      predictorHidden: Math.max(1, Math.floor(d / 4)),
      // As in the official code: the head ends in BN, and BN has statistics of both views. Short runs reach a higher kNN accuracy with it.
      headBatchNorm: 'outputAffine',
      viewsTogether: true,
      temperature: 0.5,
      stopGradient: false,
      predictor: 'none',
    };
  },
  problems: () => [],
  lossRange: () => null,
  lossHelp: (settings) => {
    const others = 2 * microBatchSize(settings) - 1;
    return `${Math.log(others).toFixed(2)} (log of ${others}): the other view is no more similar than any other image, as with a constant output. Depends on batch size and T.`;
  },
  diagram,
});
