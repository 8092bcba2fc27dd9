import { setting } from '../settings/setting';
import { z } from '../zod';
import { SAME_ENCODER, SAME_WEIGHTS, throughPredictor, VIEW_EDGES, VIEWS } from './diagramParts';
import { type Diagram, type DiagramNode, describeMethod, type SettingsOf } from './methodDescription';
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
  prototypes: setting('heads', z.int().min(2).max(4096), {
    label: 'Prototypes K',
    help: 'Number of cluster centres that the outputs are assigned to; several times the number of classes. SwAV’s paper has 3000 on ImageNet.',
    step: 8,
    source: null,
    value: 128,
  }),
  temperature,
  stopGradient,
  predictor,
  headBatchNorm,
  viewsTogether,
  predictorHidden,
  sinkhornIterations: setting('heads', z.int().min(1).max(20), {
    label: 'Sinkhorn iterations',
    help: 'How many times the assignments are normalised so that each prototype gets the same share of the batch.',
    source: 'SwAV, App. A',
    value: 3,
  }),
  sinkhornEpsilon: setting('heads', z.number().min(0.01).max(1), {
    label: 'Sinkhorn ε',
    help: 'Softness of the assignments: the lower, the more each image is assigned to a single prototype.',
    step: 0.01,
    source: 'SwAV, App. A',
    value: 0.05,
  }),
  freezePrototypes: setting('optimiser', z.int().min(0).max(1_000_000), {
    label: 'Prototypes frozen for',
    help: 'The prototypes keep their random start for this many steps, while the encoder already learns.',
    step: 50,
    source: 'SwAV, App. A',
    value: 100,
  }),
  queueLength: setting('heads', z.int().min(0).max(65_536), {
    label: 'Queue',
    help: 'Number of outputs of past batches that are assigned together with the batch, for batches that are small against K; 0: no queue. SwAV’s paper has 3840 for batches of 256.',
    step: 64,
    source: 'SwAV, App. A',
    value: 0,
  }),
  queueStart: setting('heads', z.int().min(0).max(1_000_000), {
    label: 'Queue used from step',
    help: 'The queue is used from this step on, once it is full. Outputs of earlier steps change too fast to be kept.',
    step: 50,
    source: null,
    value: 200,
  }),
  smallCrops: setting('heads', z.int().min(0).max(6), {
    label: 'Small crops',
    help: 'Multi-crop: this many more views of each image, of half the size and showing a small part, which predict the assignments of the two large ones. 0: none, as in Table 4.',
    source: 'Sec. 6.1',
    value: 0,
  }),
  fixPredictorLr,
};

type Settings = SettingsOf<typeof options>;

/** Figure 3, "SwAV": each view predicts the assignment of the other view, which is balanced over the batch. */
function diagram({ predictor, stopGradient, prototypes, queueLength, smallCrops }: Settings): Diagram {
  const first = throughPredictor(predictor, 'C1');
  const scores = (branch: 1 | 2): DiagramNode => ({
    id: `C${branch}`,
    label: 'prototypes',
    detail: `C, K = ${prototypes}`,
    kind: 'network',
    branch,
  });
  const q = (i: number) => (stopGradient ? `stopgrad(q${i})` : `q${i}`);
  const p = predictor === 'none' ? 'z' : 'p';
  const crops = smallCrops > 0 ? ` ${smallCrops} small crops also predict the assignments.` : '';
  return {
    nodes: [
      ...VIEWS,
      ...SAME_ENCODER,
      ...first.nodes,
      scores(1),
      scores(2),
      {
        id: 'sinkhorn',
        label: 'Sinkhorn',
        detail: queueLength > 0 ? `queue of ${queueLength}` : 'over the batch',
        kind: 'operation',
        branch: 2,
      },
      { id: 'loss', label: 'similarity', kind: 'loss', branch: 'both' },
    ],
    edges: [
      ...VIEW_EDGES,
      ...first.edges,
      { from: 'C1', to: 'loss', label: '', gradient: true },
      { from: 'f2', to: 'C2', label: 'z₂', gradient: !stopGradient },
      { from: 'C2', to: 'sinkhorn', label: '', gradient: !stopGradient },
      { from: 'sinkhorn', to: 'loss', label: 'q₂', gradient: !stopGradient, control: 'stopGradient' },
    ],
    links: [SAME_WEIGHTS, { from: 'C1', to: 'C2', kind: 'shared', label: '' }],
    formula: `L = ½ ℓ(${p}1, ${q(2)}) + ½ ℓ(${p}2, ${q(1)}),  ℓ(z, q) = −Σ q log softmax(zC/T)`,
    caption: `Each view is scored against the prototypes. Sinkhorn-Knopp turns the scores of one view into assignments q that use every prototype equally, and the other view predicts them. The loss adds the same term with the views swapped.${crops}`,
  };
}

export const swav = describeMethod({
  title: 'SwAV',
  summary: 'The outputs are clustered during training; each view predicts the cluster of the other.',
  answerToCollapse:
    'Online clustering with balanced assignments: not all images can go to one cluster. SimSiam is “SwAV without online clustering”.',
  paper: 'Caron et al., Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, arXiv 2006.09882',
  options,
  defaults: ({ outputDim, batchSize, baseLearningRate }, longRecipe) => {
    const d = Math.min(128, outputDim);
    return {
      projectorLayers: 2,
      // Short runs reach a higher kNN accuracy at twice SimSiam's rate (docs/paper.md).
      baseLearningRate: longRecipe ? baseLearningRate : 2 * baseLearningRate,
      outputDim: d,
      predictorHidden: Math.max(1, Math.floor(d / 4)),
      headBatchNorm: 'hidden',
      // As in the official code. Short runs reach a higher kNN accuracy with it.
      viewsTogether: true,
      temperature: 0.1,
      stopGradient: true,
      predictor: 'none',
      prototypes: 128,
      freezePrototypes: longRecipe ? 313 : 100,
      // With more prototypes than images in the batch, most prototypes would get no image.
      queueLength: batchSize < 256 ? 512 : 0,
    };
  },
  problems: ({ queueLength, batchSize }) =>
    queueLength > 0 && queueLength < batchSize
      ? [`The queue of ${queueLength} is shorter than a batch of ${batchSize}: make it at least as long, or 0.`]
      : [],
  lossRange: () => null,
  lossHelp: ({ prototypes }) =>
    `${Math.log(prototypes).toFixed(2)} (log of ${prototypes} prototypes): the other view’s assignment is predicted no better than by chance. Depends on K and T.`,
  diagram,
});
