import { setting } from '../settings/setting';
import { z } from '../zod';
import { SAME_ENCODER, SAME_WEIGHTS, throughPredictor, VIEW_EDGES, VIEWS } from './diagramParts';
import {
  type Diagram,
  type DiagramEdge,
  type DiagramLink,
  type DiagramNode,
  describeMethod,
  type SettingsOf,
} from './methodDescription';
import {
  fixPredictorLr,
  headBatchNorm,
  predictor,
  predictorHidden,
  stopGradient,
  symmetrization,
  tauBase,
} from './options';

const options = {
  stopGradient,
  predictor,
  headBatchNorm,
  similarity: setting('heads', z.enum(['cosine', 'crossEntropy']), {
    label: 'Similarity',
    help: 'How p and z are compared: negative cosine, 68.1 %, or cross-entropy of their softmaxes, 63.2 (Sec. 4.5).',
    labels: { cosine: 'negative cosine', crossEntropy: 'cross-entropy' },
    source: 'Sec. 4.5',
    live: true,
    value: 'cosine',
  }),
  symmetrization,
  predictorHidden,
  momentumEncoder: setting('heads', z.boolean(), {
    label: 'Momentum encoder',
    help: 'Takes z from a second encoder, whose weights are a moving average of f’s weights, as in BYOL. SimSiam is “BYOL without the momentum encoder” (Sec. 6.2).',
    source: 'Sec. 6.2',
    value: false,
  }),
  tauBase,
  movingAverageTarget: setting('heads', z.boolean(), {
    label: 'Moving average of η',
    help: 'Predicts a moving average of the image’s outputs over its visits instead of z. The average stands in for the expectation over views: without a predictor the paper reaches 55.0 % with it and 0.1 % otherwise (Sec. 5.2).',
    source: 'Sec. 5.2',
    value: false,
  }),
  targetMomentum: setting('heads', z.number().min(0).max(0.999), {
    label: 'Momentum of η',
    help: 'Share of the old average that is kept at each visit of the image. The paper has 0.8.',
    step: 0.05,
    source: 'Sec. 5.2',
    value: 0.8,
  }),
  etaStart: setting('heads', z.enum(['random', 'zero']), {
    label: 'Initial η',
    help: 'The average of each image before its first visit. If it is zero, the average at the first visit has the direction of z itself, so the first epoch trains as if there were no average. The memory bank that the paper refers to starts with random directions.',
    labels: { random: 'random directions', zero: 'zero' },
    source: 'arXiv 1805.01978, Sec. 3.1',
    value: 'random',
    formerly: 'zero',
  }),
  alternation: setting('heads', z.int().min(0).max(1000), {
    label: 'Alternating, inner steps',
    help: 'Computes the z to predict for this many steps at once, with the present weights, and keeps them constant for those steps. 1 is SimSiam (68.1 %), 10 steps give 68.7, 100 steps 68.9; 0: for a whole epoch, 67.0 (Sec. 5.2).',
    source: 'Sec. 5.2',
    value: 1,
  }),
  fixPredictorLr,
};

type Settings = SettingsOf<typeof options>;

/** Whether the z to predict are computed for several steps at once; `alternation` 0 stands for the steps of an epoch. */
export function alternates({ alternation }: Pick<Settings, 'alternation'>): boolean {
  return alternation !== 1;
}

/** Whether z₂ is a constant whether or not stop-gradient is on. */
export function hasConstantTarget(settings: Settings): boolean {
  return settings.momentumEncoder || settings.movingAverageTarget || alternates(settings);
}

function formula(settings: Settings): string {
  const p = settings.predictor === 'none' ? 'z' : 'p';
  const target = (i: number) => {
    if (settings.movingAverageTarget) return `η${i}`;
    if (settings.momentumEncoder) return `z${i}′`;
    return settings.stopGradient || hasConstantTarget(settings) ? `stopgrad(z${i})` : `z${i}`;
  };
  const d = settings.similarity === 'cosine' ? 'D' : 'H';
  switch (settings.symmetrization) {
    case 'symmetric':
      return `L = ½ ${d}(${p}1, ${target(2)}) + ½ ${d}(${p}2, ${target(1)})`;
    case 'asymmetric':
      return `L = ${d}(${p}1, ${target(2)})`;
    case 'asymmetric2x':
      return `L = ½ ${d}(${p}1, ${target(2)}) + ½ ${d}(${p}3, ${target(4)})`;
    default:
      return settings.symmetrization satisfies never;
  }
}

/** The encoder of the second branch, and its relation to the encoder of the first. */
function secondEncoder(settings: Settings): [DiagramNode, DiagramLink] {
  const { momentumEncoder, alternation } = settings;
  if (momentumEncoder) {
    return [
      { id: 'f2', label: 'momentum', detail: 'encoder', kind: 'follower', branch: 2 },
      { from: 'f1', to: 'f2', kind: 'follows', label: 'moving average' },
    ];
  }
  if (alternates(settings)) {
    const label = alternation === 0 ? 'every epoch' : `every ${alternation} steps`;
    return [
      { id: 'f2', label: 'encoder f', detail: 'held still', kind: 'follower', branch: 2 },
      { from: 'f1', to: 'f2', kind: 'follows', label },
    ];
  }
  return [SAME_ENCODER[1], SAME_WEIGHTS];
}

function caption(settings: Settings): string {
  const { momentumEncoder, movingAverageTarget, alternation, stopGradient, symmetrization } = settings;
  const more = {
    symmetric: ' The loss adds the same term with the views swapped.',
    asymmetric: '',
    asymmetric2x: ' Each image gives two such pairs of views.',
  }[symmetrization];
  if (movingAverageTarget) {
    return `The gradient (dashed) reaches the encoder through one branch only; η, the average of the image’s outputs over its visits, is a constant.${more}`;
  }
  if (momentumEncoder) {
    return `The gradient (dashed) reaches the encoder through one branch only; the momentum encoder follows it as a moving average.${more}`;
  }
  if (alternates(settings)) {
    return `The z₂ of ${alternation === 0 ? 'an epoch' : `${alternation} steps`} are computed at once and kept constant while the encoder learns to predict them.${more}`;
  }
  return stopGradient
    ? `The gradient (dashed) reaches the encoder through one branch only; z₂ is taken as a constant.${more}`
    : `The gradient (dashed) reaches the encoder through both branches: nothing prevents both outputs from becoming the same constant.${more}`;
}

/** Figure 1: the predictor on one branch, stop-gradient on the other; the symmetric loss adds the same term with the views swapped. */
function diagram(settings: Settings): Diagram {
  const [f2, link] = secondEncoder(settings);
  const first = throughPredictor(settings.predictor, 'loss');
  const constant = hasConstantTarget(settings);
  const memory: DiagramNode = { id: 'η', label: 'average η', detail: 'one per image', kind: 'memory', branch: 2 };
  const second: DiagramEdge[] = settings.movingAverageTarget
    ? [
        { from: 'f2', to: 'η', label: 'z₂', gradient: false },
        { from: 'η', to: 'loss', label: 'η₂', gradient: false },
      ]
    : [
        {
          from: 'f2',
          to: 'loss',
          label: settings.momentumEncoder ? 'z₂′' : 'z₂',
          gradient: !constant && !settings.stopGradient,
          ...(constant ? {} : { control: 'stopGradient' }),
        },
      ];
  return {
    nodes: [
      ...VIEWS,
      SAME_ENCODER[0],
      f2,
      ...first.nodes,
      ...(settings.movingAverageTarget ? [memory] : []),
      { id: 'loss', label: 'similarity', kind: 'loss', branch: 'both' },
    ],
    edges: [...VIEW_EDGES, ...first.edges, ...second],
    links: [link],
    formula: formula(settings),
    caption: caption(settings),
  };
}

function problems(settings: Settings): string[] {
  const { momentumEncoder, movingAverageTarget, stopGradient, symmetrization, similarity, microBatches } = settings;
  const alternating = alternates(settings);
  const found: string[] = [];
  const constants = [
    ...(momentumEncoder ? ['the momentum encoder'] : []),
    ...(movingAverageTarget ? ['the moving average of η'] : []),
    ...(alternating ? ['alternating optimisation'] : []),
  ];
  if (constants.length > 1) {
    found.push(`The target can be computed by only one of ${constants.join(' and ')}: switch off all but one.`);
  }
  if (constants.length > 0 && !stopGradient) {
    found.push(
      `With ${constants[0]} the target is a constant: switch stop-gradient on, or switch ${constants[0]} off.`,
    );
  }
  if (symmetrization === 'asymmetric2x' && (movingAverageTarget || alternating)) {
    found.push(
      'Two pairs of views for each image work only with targets of the same step: choose another symmetrisation.',
    );
  }
  if (alternating && microBatches > 1) {
    found.push(
      'Alternating optimisation computes its targets for whole batches: set microBatches to 1, or alternation to 1.',
    );
  }
  if (movingAverageTarget && similarity === 'crossEntropy') {
    found.push(
      'The moving average of η is computed from normalised outputs: choose the negative cosine as similarity.',
    );
  }
  return found;
}

export const simsiam = describeMethod({
  title: 'SimSiam',
  summary: 'From the output of one augmented view of an image, a small predictor predicts the output of another view.',
  answerToCollapse: 'Stop-gradient and a predictor: no negative pairs, no momentum encoder, no clustering.',
  paper: 'Chen & He, Exploring Simple Siamese Representation Learning, arXiv 2011.10566',
  options,
  defaults: ({ outputDim }) => ({ predictorHidden: Math.max(1, Math.floor(outputDim / 4)) }),
  problems,
  // The loss can reach +1, but at the start the outputs of two views of an image are not opposite.
  lossRange: ({ similarity }) => (similarity === 'cosine' ? [-1, 0] : null),
  lossHelp: ({ similarity }) =>
    similarity === 'cosine'
      ? '−1: the two views agree perfectly. A constant output reaches −1, too, so watch the output std.'
      : 'Cross-entropy of the softmaxes of p and z. Its smallest value depends on d.',
  diagram,
});
