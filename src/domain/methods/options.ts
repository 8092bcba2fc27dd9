import { setting } from '../settings/setting';
import { z } from '../zod';

/** Options that more than one method has. */

/**
 * The layers of the two heads that have BatchNorm (Table 3): `none`; `hidden` layers only; hidden layers and the projector's output,
 * `output` without affine as in the official code, `outputAffine` with affine as in the paper; `all`, also the predictor's output.
 */
const HEAD_BATCH_NORMS = ['none', 'hidden', 'output', 'outputAffine', 'all'] as const;
export type HeadBatchNorm = (typeof HEAD_BATCH_NORMS)[number];

const PREDICTOR_MODES = ['trained', 'none', 'fixed'] as const;
export type PredictorMode = (typeof PREDICTOR_MODES)[number];

/** `symmetric`: both directions, averaged; `asymmetric`: one; `asymmetric2x`: one, over two sampled pairs of views (Sec. 4.6). */
const SYMMETRIZATIONS = ['symmetric', 'asymmetric', 'asymmetric2x'] as const;
export type Symmetrization = (typeof SYMMETRIZATIONS)[number];

export const stopGradient = setting('heads', z.boolean(), {
  label: 'Stop-gradient',
  help: 'Treats the output of one branch as a constant in the loss: no gradient flows back along it. SimSiam reaches 67.7 % with it and collapses to 0.1 % without (Sec. 4.1). SimCLR does not need it (66.0 % with it and h); SwAV diverges without it (Sec. 6.2).',
  source: 'Sec. 4.1',
  live: true,
  value: true,
});

export const predictor = setting('heads', z.enum(PREDICTOR_MODES), {
  label: 'Predictor h',
  help: 'The small MLP on one branch. SimSiam: trained 67.7 %, none 0.1 %, fixed at its random start 1.5 % (Table 1). SimCLR and SwAV do not gain by one: 66.4 and 65.2 % with it, 66.5 without (Sec. 6.2).',
  labels: { trained: 'trained', none: 'none (identity)', fixed: 'fixed at random' },
  source: 'Sec. 4.2',
  live: true,
  value: 'trained',
});

export const predictorHidden = setting('heads', z.int().min(1).max(4096), {
  label: 'Predictor width',
  help: 'Width of the predictor’s hidden layer. SimSiam’s is a quarter of d, narrower than input and output.',
  source: 'Sec. 3',
  value: 64,
});

export const fixPredictorLr = setting('optimiser', z.boolean(), {
  label: 'Constant rate for h',
  help: 'The predictor’s learning rate stays constant and does not follow the schedule: 68.1 % against 67.7 (Table 1).',
  source: 'Sec. 4.2',
  live: true,
  value: false,
});

export const headBatchNorm = setting('heads', z.enum(HEAD_BATCH_NORMS), {
  label: 'BN in the heads',
  help: 'Which layers of the heads have batch normalisation. SimSiam: none 34.6 %, hidden layers 67.4, hidden layers and output 68.1, everywhere unstable (Table 3). With BN on hidden layers only, a collapse shows as an output std of 0; with BN on the output it shows in the effective rank.',
  labels: {
    none: 'none',
    hidden: 'hidden layers only',
    output: 'and output, no affine',
    outputAffine: 'and output, affine',
    all: 'everywhere',
  },
  source: 'Sec. 4.4',
  value: 'hidden',
  inPreset: { resnet18: 'outputAffine', photos: 'outputAffine', paper: 'outputAffine', imagenet: 'outputAffine' },
});

export const symmetrization = setting('heads', z.enum(SYMMETRIZATIONS), {
  label: 'Symmetrisation',
  help: 'Symmetric: each view is predicted from the other, 68.1 %. Asymmetric: only the second from the first, 64.8. 2×: the same with two sampled pairs of views per image, at twice the cost, 67.3 (Sec. 4.6).',
  labels: { symmetric: 'symmetric', asymmetric: 'asymmetric', asymmetric2x: 'asymmetric, 2× pairs' },
  source: 'Sec. 4.6',
  value: 'symmetric',
});

export const tauBase = setting('optimiser', z.number().min(0).max(1), {
  label: 'Momentum encoder τ',
  help: 'Share of its old weights that the momentum encoder keeps at each step. It rises from this value to 1 along a cosine. BYOL’s paper has 0.996; a run of some hundred steps needs less.',
  step: 0.001,
  source: 'BYOL, Sec. 3.3',
  value: 0.99,
});

export const temperature = setting('heads', z.number().min(0.01).max(10), {
  label: 'Temperature T',
  help: 'Similarities are divided by T before the softmax: the lower T, the more the most similar ones count. SimCLR has 0.5 on CIFAR-10 and 0.1 on ImageNet, SwAV 0.1.',
  step: 0.05,
  source: 'SimCLR, App. B.9; SwAV, App. A',
  live: true,
  value: 0.5,
});

export const viewsTogether = setting('heads', z.boolean(), {
  label: 'Views together under BN',
  help: 'Batch normalisation takes its mean and variance over all views of the batch, as in the official code of SimCLR and SwAV, and not over each view alone.',
  source: 'official code of SimCLR and SwAV',
  value: false,
  formerly: false,
});
