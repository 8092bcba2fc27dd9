import { z } from 'zod';

/** Settings that every method has and may have a default of its own for. */
export const sharedSettings = {
  /** d, the dimension of z and p. */
  outputDim: z.int().min(2).max(4096),
  projectorLayers: z.union([z.literal(2), z.literal(3)]),
  projectorHidden: z.int().min(2).max(4096),

  batchSize: z.int().min(4).max(4096),
  /** Length of the run in steps, and of the cosine. */
  totalSteps: z.int().min(1).max(10_000_000),
  /** lr = baseLearningRate x batchSize / 256. */
  baseLearningRate: z.number().min(0).max(100),
  momentum: z.number().min(0).max(0.9999),
  weightDecay: z.number().min(0).max(1),
  schedule: z.enum(['cosine', 'constant']),
};

const sharedSchema = z.object(sharedSettings);
export type SharedSettings = z.infer<typeof sharedSchema>;
