import { derivationSchema } from '../../../domain/derivation';
import {
  anyNumber,
  baselinesSchema,
  diagnosisSchema,
  liveChangeSchema,
  markerSchema,
} from '../../../domain/measurementSchemas';
import { endOfRun } from '../../../domain/runLength';
import { isVersion } from '../../../domain/versions/registry';
import { storedConfig } from '../../../domain/versions/storedConfig';
import { warmStartSchema } from '../../../domain/warmStart';
import { z } from '../../../domain/zod';
import type { RunDiagnosisState } from '../../monitors/diagnosis';
import type { CheckpointEngine } from './checkpoint';
import type { DatasetPrint } from './datasetPrint';

/** The part of a checkpoint's file that is JSON: all but its tensors. */

const count = z.int().min(0);

const block = z.object({ end: count, mean: anyNumber });

const fallOfStd = z.object({
  collapsed: z.boolean(),
  constantSince: count.nullable(),
  remedied: count.nullable(),
  rose: count.nullable(),
});

const fallOfRank = z.object({ since: count, startRank: anyNumber, limit: anyNumber, count });

const diagnosis = z.object({
  diagnosis: diagnosisSchema,
  step: count,
  firstLoss: anyNumber.nullable(),
  output: z.object({
    step: count,
    loss: anyNumber,
    std: anyNumber,
    earlyStd: anyNumber,
    recent: z.array(anyNumber),
    low: z.object({ level: anyNumber, step: count }),
    collapsing: z.object({ since: count, count }),
    narrowed: count.nullable(),
    fall: fallOfStd.nullable(),
  }),
  rank: z.object({
    ranks: z.array(z.object({ step: count, rank: anyNumber })),
    startRank: anyNumber.nullable(),
    fall: fallOfRank.nullable(),
  }),
  trend: z.object({ sum: anyNumber, count, first: block.nullable(), blocks: z.array(block) }),
}) satisfies z.ZodType<RunDiagnosisState>;

export const engineSchema = z.object({
  engine: z.enum(['webgpu', 'webgl', 'wasm']),
  description: z.string(),
  features: z.array(z.string()),
  threads: count,
}) satisfies z.ZodType<CheckpointEngine>;

const dataset = z.object({
  name: z.string(),
  sample: z.string().nullable(),
  fingerprint: z.string().nullable(),
  count,
  split: count,
  classes: count,
  shapes: count,
  derivation: derivationSchema.optional(),
}) satisfies z.ZodType<DatasetPrint>;

const reported = z.object({
  markers: z.array(markerSchema),
  baselines: baselinesSchema.nullable(),
  diagnosis: diagnosisSchema.nullable(),
  frames: z
    .object({
      dimensions: z.object({ z: count, p: count, features: count }),
      came: count,
      stride: z.int().min(1),
    })
    .nullable(),
});

/** With the settings as they were stored; they are completed by the defaults of their version. */
export const plainSchema = z
  .object({
    step: count,
    config: z.unknown(),
    /** The version of the defaults. */
    defaults: z.int().refine(isVersion),
    changes: z.object({ made: z.array(liveChangeSchema), planned: z.array(liveChangeSchema) }),
    engine: engineSchema,
    dataset,
    warmStart: warmStartSchema.optional(),
    kernels: z.array(z.tuple([z.string(), z.string()])),
    diagnosis,
    heldFrom: count.nullable(),
    reported,
  })
  .transform((plain, context) => {
    const config = storedConfig(plain.config, plain.defaults);
    if (config !== null && plain.step <= endOfRun(config, plain.changes.made)) return { ...plain, config };
    context.addIssue('not the settings of a run that has this step');
    return z.NEVER;
  });

export type PlainPart = z.infer<typeof plainSchema>;
