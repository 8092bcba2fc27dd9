import { IMAGE_INDEX, IMAGES } from '../../../domain/imageIndex';
import { datasetSchema } from '../../../domain/keptRun';
import { evaluationSchema, liveChangeSchema } from '../../../domain/measurementSchemas';
import type { LiveChange, RunConfig } from '../../../domain/runConfig';
import type { PageFacts } from '../../../domain/takeAlong';
import { CURRENT_VERSION, isVersion } from '../../../domain/versions/registry';
import { storedConfig } from '../../../domain/versions/storedConfig';
import { type WarmStart, warmStartSchema } from '../../../domain/warmStart';
import { z } from '../../../domain/zod';
import { UnusableFile } from '../../../formats/unusableFile';
import type { CheckpointEngine } from '../checkpoint/checkpoint';
import { parse, stringify } from '../checkpoint/plainNumbers';
import { engineSchema } from '../checkpoint/plainSchema';

/**
 * A project file is a .zip archive of one run: `project.json`, which says what the archive is and comes first, the checkpoint that the run
 * goes on from, and files of the run for other tools.
 */
export const ENTRIES = {
  project: 'project.json',
  readme: 'README.txt',
  checkpoint: 'checkpoint.safetensors',
  /** Step, then every series. */
  curves: 'curves.csv',
  /** A model of transformers.js, apart from its ONNX file, which lies beside `config.json` as `encoder.onnx`. */
  encoder: 'encoder/',
  embeddings: 'embeddings.parquet',
  /** The outputs as the picture shows them. */
  frames: 'frames/',
  images: IMAGES,
  imageIndex: IMAGE_INDEX,
} as const;

/** Written as `format` into every project file. */
const FORMAT = 'SimSiam Lab project';
/** Raised when a project file is written in a way that this code could not read. */
const VERSION = 1;

/** What `project.json` says of a run. */
export interface Project extends PageFacts {
  /** Finished updates. */
  readonly step: number;
  /** The settings at step 0. */
  readonly config: RunConfig;
  /** Changes made in flight, then those that a link still has to make. */
  readonly changes: readonly LiveChange[];
  /** The weights that the backbone began with; left out where it began with random ones. */
  readonly warmStart?: WarmStart | undefined;
  /** The classes of the images by label, among them those without an image; null where the data set has no labels. */
  readonly classes: readonly string[] | null;
  /** Whether the archive holds the images, each as `imageFile` below `images/`. */
  readonly hasImages: boolean;
  /** The engine that computed the run. */
  readonly engine: CheckpointEngine;
}

/** With the settings as they were stored; they are completed by the defaults of their version. */
const schema = z
  .object({
    /** The version of the defaults. */
    defaults: z.int().refine(isVersion),
    name: z.string().nullable(),
    created: z.number(),
    step: z.int().min(0),
    config: z.unknown(),
    changes: z.array(liveChangeSchema),
    dataset: datasetSchema,
    warmStart: warmStartSchema.optional(),
    classes: z.array(z.string()).nullable(),
    hasImages: z.boolean(),
    engine: engineSchema,
    evaluation: evaluationSchema.nullable(),
  })
  .transform(({ defaults, ...project }, context): Project => {
    const config = storedConfig(project.config, defaults);
    if (config !== null) return { ...project, config };
    context.addIssue('not the settings of a run');
    return z.NEVER;
  });

const markerSchema = z.object({ format: z.literal(FORMAT), version: z.int().min(1) });
const defaultsSchema = z.object({ defaults: z.int() });

/** The text of `project.json`. */
export function writeProject(project: Project): string {
  return `${stringify({ format: FORMAT, version: VERSION, defaults: CURRENT_VERSION, ...project }, 2)}\n`;
}

/**
 * Reads the text of `project.json`.
 * @throws UnusableFile where it is damaged, of a later version, or something else; the message says what, of the archive
 */
export function readProject(text: string): Project {
  const value = parsed(text);
  const marker = markerSchema.safeParse(value).data;
  if (marker === undefined)
    throw new UnusableFile('is no project of SimSiam Lab: its project.json is of something else');
  if (marker.version > VERSION) throw new UnusableFile(later(marker.version, VERSION));
  const project = schema.safeParse(value).data;
  if (project !== undefined) return project;
  const defaults = defaultsSchema.safeParse(value).data?.defaults ?? 0;
  throw new UnusableFile(
    defaults > CURRENT_VERSION
      ? later(defaults, CURRENT_VERSION)
      : 'is damaged: the settings of its run in project.json are not readable',
  );
}

const later = (version: number, known: number) =>
  `is of a later version of SimSiam Lab (${version}; this one reads ${known}): update to open it`;

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new UnusableFile('is damaged: its project.json is not readable');
  }
}
