import { z } from 'zod';
import { choice, real, toggle, whole } from '../field';
import { liveOption, option } from './option';

/** Options that more than one method has. */

export const PREDICTOR_MODES = ['trained', 'none', 'fixed'] as const;
export type PredictorMode = (typeof PREDICTOR_MODES)[number];

/**
 * Where BatchNorm stands in the two heads (Table 3): `none`; `hidden` layers only; hidden and the projector's output,
 * `output` without affine as in the official code, `outputAffine` with it as in the paper; `all`, the predictor's output too.
 */
export const HEAD_BATCH_NORMS = ['none', 'hidden', 'output', 'outputAffine', 'all'] as const;
export type HeadBatchNorm = (typeof HEAD_BATCH_NORMS)[number];

/** `symmetric`: both directions, averaged; `asymmetric`: one; `asymmetric2x`: one, over two sampled pairs of views (Sec. 4.6). */
export const SYMMETRIZATIONS = ['symmetric', 'asymmetric', 'asymmetric2x'] as const;
export type Symmetrization = (typeof SYMMETRIZATIONS)[number];

export const stopGradient = liveOption(z.boolean(), {
  label: 'Stop-gradient',
  help: 'Takes one branch as a constant in the loss, so that no gradient flows back along it. SimSiam collapses without it (67.7 % with, 0.1 % without); SimCLR does not need it (66.0 % with it and h, Sec. 6.2); SwAV diverges without. It can be changed in flight.',
  control: toggle,
  source: 'Sec. 4.1',
  initial: true,
});

export const predictor = liveOption(z.enum(PREDICTOR_MODES), {
  label: 'Predictor h',
  help: 'The small MLP on one branch. In SimSiam: trained 67.7 %, none 0.1 %, fixed at its random start 1.5 % (Table 1). SimCLR and SwAV gain nothing by one: 66.4 and 65.2 % against 66.5 (Sec. 6.2). It can be changed in flight.',
  control: choice(['trained', 'trained'], ['none', 'none (identity)'], ['fixed', 'fixed at random']),
  source: 'Sec. 4.2',
  initial: 'trained',
});

export const predictorHidden = option(z.int().min(1).max(4096), {
  label: 'Predictor width',
  help: 'Width of the predictor’s hidden layer; a quarter of d makes it a bottleneck.',
  control: whole(1, 4096),
  source: 'Sec. 3',
  initial: 64,
});

export const fixPredictorLr = liveOption(z.boolean(), {
  group: 'optimiser',
  label: 'Constant rate for h',
  help: 'The predictor’s learning rate does not follow the schedule, so that h keeps up with the encoder to the end: 68.1 % against 67.7 (Table 1). It can be changed in flight.',
  control: toggle,
  source: 'Sec. 4.2',
  initial: false,
});

export const headBatchNorm = option(z.enum(HEAD_BATCH_NORMS), {
  label: 'BN in the heads',
  help: 'Where batch normalisation stands in the heads. For SimSiam: none 34.6 %, hidden layers 67.4, and the output 68.1, everywhere unstable (Table 3). On hidden layers only, a collapse shows as an output std of 0; with BN on the output it hides in the effective rank.',
  control: choice(
    ['none', 'none'],
    ['hidden', 'hidden layers only'],
    ['output', 'and output, no affine'],
    ['outputAffine', 'and output, affine'],
    ['all', 'everywhere'],
  ),
  source: 'Sec. 4.4',
  initial: 'hidden',
});

export const symmetrization = option(z.enum(SYMMETRIZATIONS), {
  label: 'Symmetrisation',
  help: 'Symmetric: each view is predicted from the other, 68.1 %. Asymmetric: only the second from the first, 64.8. 2×: two sampled pairs of views for each image, at twice the cost, 67.3 (Sec. 4.6).',
  control: choice(['symmetric', 'symmetric'], ['asymmetric', 'asymmetric'], ['asymmetric2x', 'asymmetric, 2× pairs']),
  source: 'Sec. 4.6',
  initial: 'symmetric',
});

export const tauBase = option(z.number().min(0).max(1), {
  group: 'optimiser',
  label: 'Momentum encoder τ',
  help: 'Share of its old weights that the momentum encoder keeps at each update; it rises from here to 1 along a cosine. 0.996 in BYOL’s paper; a short run needs less to keep up.',
  control: real(0, 1, 0.001),
  source: 'BYOL, Sec. 3.3',
  initial: 0.99,
});

export const temperature = liveOption(z.number().min(0.01).max(10), {
  label: 'Temperature T',
  help: 'Similarities are divided by T before the softmax: the lower, the more the most similar count. SimCLR: 0.5 on CIFAR-10, 0.1 on ImageNet; SwAV: 0.1. It can be changed in flight.',
  control: real(0.01, 10, 0.05),
  source: 'SimCLR, App. B.9; SwAV, App. A',
  initial: 0.5,
});
