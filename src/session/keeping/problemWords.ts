import type { KeepingProblem } from '../../domain/keptRun';

/** Why not everything of the run on the page is kept, and what to do. */
export const KEEPING_PROBLEMS: Readonly<Record<KeepingProblem, string>> = {
  full: 'The browser gives this page no more space: from now on the weights of this run are not kept. Training goes on, and earlier runs stay. Delete runs or kept images to make room.',
  unavailable: 'This browser stores nothing for this page: weights are lost when it is closed.',
  'over-budget':
    'The limit for kept weights is reached: of this run only the last ones are kept. Delete runs or raise the limit, under Compare.',
};
