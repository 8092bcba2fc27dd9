import { type Baselines, type Diagnosis, type Marker, RECOVERY_CAUSES } from './measurement';
import type { ProbeEvaluation } from './probeEvaluation';
import { type LiveChange, parseLiveChange } from './runConfig';
import { z } from './zod';

/** What a run reported, as it is checked when it is read from a storage or a file. */

/** A diverged run's loss may be NaN or infinite. */
export const anyNumber = z.custom<number>((value) => typeof value === 'number');
const count = z.int().min(0);
const step = count;

export const liveChangeSchema = z.unknown().transform((value, context): LiveChange => {
  try {
    return parseLiveChange(value);
  } catch {
    context.addIssue('not a change in flight');
    return z.NEVER;
  }
});

const shareLeft = { since: step, share: anyNumber, outputStd: anyNumber };

/** One schema per state: a missing state, or one that no longer exists, is a compile error. */
const DIAGNOSES = {
  starting: z.object({ state: z.literal('starting') }),
  learning: z.object({ state: z.literal('learning') }),
  collapsed: z.object({ state: z.literal('collapsed'), since: step, outputStd: anyNumber, loss: anyNumber }),
  narrowing: z.object({ state: z.literal('narrowing'), ...shareLeft }),
  recovering: z.object({ state: z.literal('recovering'), ...shareLeft }),
  stuck: z.object({ state: z.literal('stuck'), ...shareLeft }),
  dimensional: z.object({
    state: z.literal('dimensional'),
    since: step,
    effectiveRank: anyNumber,
    startRank: anyNumber,
    outputStd: anyNumber,
  }),
  'no-convergence': z.object({
    state: z.literal('no-convergence'),
    since: step,
    loss: anyNumber,
    startLoss: anyNumber,
  }),
  oscillation: z.object({ state: z.literal('oscillation'), since: step, low: anyNumber, high: anyNumber }),
  diverged: z.object({ state: z.literal('diverged'), since: step, loss: anyNumber }),
} satisfies { [State in Diagnosis['state']]: z.ZodType<Diagnosis & { readonly state: State }> };

/** A diagnosis or a marker with the present name of its state: records up to version 2 call a dimensional collapse `dimensional-collapse`. */
function withStateOfToday(value: unknown): unknown {
  const isOld =
    typeof value === 'object' && value !== null && 'state' in value && value.state === 'dimensional-collapse';
  return isOld ? { ...value, state: 'dimensional' } : value;
}

export const diagnosisSchema = z.preprocess(withStateOfToday, z.union(Object.values(DIAGNOSES)));

export const markerSchema = z.union([
  z
    .object({ kind: z.literal('change'), step, key: z.unknown(), value: z.unknown() })
    .transform(({ step, key, value }, context): Marker => {
      const change = liveChangeSchema.safeParse([step, key, value]);
      if (change.success) return { kind: 'change', step, key: change.data[1], value: change.data[2] };
      context.addIssue('not a change in flight');
      return z.NEVER;
    }),
  z.preprocess(
    withStateOfToday,
    z.object({
      kind: z.literal('diagnosis'),
      step,
      state: z.enum(Object.keys(DIAGNOSES) as Diagnosis['state'][]),
    }),
  ),
  z.object({ kind: z.literal('recovery'), step, cause: z.enum(RECOVERY_CAUSES) }),
]) satisfies z.ZodType<Marker>;

export const baselinesSchema = z.object({
  inverseSqrtD: anyNumber,
  rankBound: anyNumber,
  backboneRankBound: anyNumber,
  knn: z
    .object({
      k: anyNumber,
      temperature: anyNumber,
      bank: anyNumber,
      queries: anyNumber,
      chance: anyNumber,
      rawPixels: anyNumber,
      untrained: anyNumber,
    })
    .nullable(),
  viewRetrieval: z.object({ images: anyNumber, rawPixels: anyNumber, untrained: anyNumber }).nullable(),
}) satisfies z.ZodType<Baselines>;

export const evaluationSchema = z.object({
  step,
  accuracy: anyNumber,
  standardError: anyNumber,
  trainImages: count,
  testImages: count,
  lambda: anyNumber,
  converged: z.boolean(),
  classNames: z.array(z.string()),
  confusion: z.array(z.array(count)),
}) satisfies z.ZodType<ProbeEvaluation>;
