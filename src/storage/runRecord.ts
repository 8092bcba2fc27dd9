import { type DatasetIdentity, datasetSchema, type RunParent } from '../domain/keptRun';
import { type Baselines, type Diagnosis, type Marker, SERIES_NAMES, type SeriesName } from '../domain/measurement';
import {
  baselinesSchema,
  diagnosisSchema,
  evaluationSchema,
  liveChangeSchema,
  markerSchema,
} from '../domain/measurementSchemas';
import type { ProbeEvaluation } from '../domain/probeEvaluation';
import type { LiveChange, RunConfig } from '../domain/runConfig';
import { CURRENT_VERSION, isVersion } from '../domain/versions/registry';
import { storedConfig } from '../domain/versions/storedConfig';
import { type WarmStart, warmStartSchema } from '../domain/warmStart';
import { z } from '../domain/zod';

/** The state of a run when it was last written. `stopped`: it had steps left. */
export const KEPT_STATES = ['stopped', 'finished', 'diverged', 'failed'] as const;
export type KeptState = (typeof KEPT_STATES)[number];

/** A kept run without its curves, so that a table of many runs can be read at once. */
export interface RunRecord {
  /** Always the current version when written. Records of earlier versions can be read; those of later versions are left as they are. */
  readonly version: number;
  readonly id: string;
  /** The name that the person gave; null where the name is derived from the settings. */
  readonly name: string | null;
  /** Milliseconds since 1970, at the first step. */
  readonly created: number;
  /** The settings at step 0. */
  readonly config: RunConfig;
  /** Changes made in flight, up to `steps`. */
  readonly changes: readonly LiveChange[];
  readonly dataset: DatasetIdentity;
  /** The weights that the backbone began with; left out where it began with random ones. */
  readonly warmStart?: WarmStart | undefined;
  /** The checkpoint that the run began from; null for a run that began at step 0. */
  readonly parent: RunParent | null;
  /** null where the engine was not known. */
  readonly engine: { readonly name: string; readonly adapter: string } | null;
  readonly steps: number;
  readonly state: KeptState;
  readonly markers: readonly Marker[];
  readonly diagnosis: Diagnosis | null;
  readonly baselines: Baselines | null;
  /** The last value of each series. */
  readonly final: Readonly<Partial<Record<SeriesName, number>>>;
  /** The last linear evaluation; null where there was none. */
  readonly evaluation: ProbeEvaluation | null;
}

/** A run's curves: points (steps[i], values[i]) with rising steps and finite values. */
export type Curves = Readonly<
  Partial<Record<SeriesName, { readonly steps: Float64Array; readonly values: Float64Array }>>
>;

const count = z.int().min(0);

/** A list without the entries that do not match the schema. */
function fitting<T>(entry: z.ZodType<T>): z.ZodType<T[]> {
  return z.array(z.unknown()).transform((values) =>
    values.flatMap((value) => {
      const parsed = entry.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}

export const parentSchema = z.object({ id: z.string().min(1), step: count }) satisfies z.ZodType<RunParent>;

const final = z.record(z.string(), z.unknown()).transform((values) => {
  const known: Partial<Record<SeriesName, number>> = {};
  for (const name of SERIES_NAMES) {
    const value = values[name];
    if (typeof value === 'number') known[name] = value;
  }
  return known;
});

/** A record with an unreadable change cannot be used, because the changes define the run. Unreadable measurements are left out. */
const recordSchema = z
  .object({
    version: z.number().refine(isVersion),
    id: z.string().min(1),
    name: z.string().nullable().catch(null),
    created: z.number(),
    config: z.unknown(),
    changes: z.array(liveChangeSchema),
    dataset: datasetSchema,
    warmStart: warmStartSchema.optional(),
    // Records from before there were forks have none.
    parent: parentSchema
      .nullish()
      .transform((value) => value ?? null)
      .catch(null),
    engine: z.object({ name: z.string(), adapter: z.string() }).nullable().catch(null),
    steps: count,
    state: z.enum(KEPT_STATES).catch('stopped'),
    markers: fitting(markerSchema).catch([]),
    diagnosis: diagnosisSchema.nullable().catch(null),
    baselines: baselinesSchema.nullable().catch(null),
    final: final.catch({}),
    // Records from before there was an evaluation have none.
    evaluation: evaluationSchema
      .nullish()
      .transform((value) => value ?? null)
      .catch(null),
  })
  .transform((record, context): RunRecord => {
    const config = storedConfig(record.config, record.version);
    // The settings are complete now, so when the record is written again it is of the current version.
    if (config !== null) return { ...record, version: CURRENT_VERSION, config };
    context.addIssue('not the settings of a run');
    return z.NEVER;
  });

/** A stored value as a run; null when it is damaged or of a later version of the page. */
export function parseRunRecord(stored: unknown): RunRecord | null {
  const parsed = recordSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** The curves of a run, without damaged ones. */
export function parseCurves(stored: unknown): Curves {
  const curves: { -readonly [Name in SeriesName]?: Curves[Name] } = {};
  if (typeof stored !== 'object' || stored === null) return curves;
  for (const name of SERIES_NAMES) {
    const curve = (stored as Readonly<Record<string, unknown>>)[name];
    if (isCurve(curve)) curves[name] = { steps: curve.steps, values: curve.values };
  }
  return curves;
}

function isCurve(curve: unknown): curve is { steps: Float64Array; values: Float64Array } {
  if (typeof curve !== 'object' || curve === null || !('steps' in curve) || !('values' in curve)) return false;
  const { steps, values } = curve;
  if (!(steps instanceof Float64Array && values instanceof Float64Array)) return false;
  return steps.length === values.length && [...steps, ...values].every(Number.isFinite);
}
