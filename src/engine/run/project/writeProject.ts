import { SERIES_NAMES } from '../../../domain/measurement';
import type { PageFacts } from '../../../domain/takeAlong';
import { type Cell, csvOf } from '../../../formats/csv';
import type { ZipFile } from '../../../formats/zip/writeZip';
import type { TrainingImages } from '../../images/pictureCache';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { writeCheckpoint } from '../checkpoint/checkpointFile';
import { writeEncoder } from '../export/encoderFile';
import { transformersSettings } from '../export/encoderFiles';
import type { EncoderWeights } from '../export/encoderWeights';
import type { FrozenEncoder } from '../export/frozenEncoder';
import { onnxEncoder } from '../export/onnxEncoder';
import type { Reported } from '../reports';
import { embeddingsParquet } from './embeddingFiles';
import { frameFiles } from './frameFiles';
import { imageEntries } from './imageEntries';
import type { Pace } from './pace';
import { ENTRIES, writeProject } from './projectFile';
import { readmeOf } from './readme';

export interface ProjectParts {
  /** With what its images are measured with. */
  readonly checkpoint: Checkpoint;
  /** Its encoder, and the same on the device. */
  readonly weights: EncoderWeights;
  readonly encoder: FrozenEncoder;
  /** Those of the run. */
  readonly images: TrainingImages;
  readonly facts: PageFacts;
  readonly withImages: boolean;
  readonly pace: Pace;
}

/** The files of a project file, in the order in which they are written (`projectFile.ts`); most are made when they are asked for. */
export async function* projectFiles({
  checkpoint,
  weights,
  encoder,
  images,
  facts,
  withImages,
  pace,
}: ProjectParts): AsyncGenerator<ZipFile> {
  const { step, config, changes, engine, reported, warmStart } = checkpoint;
  const { name, created, dataset, evaluation } = facts;
  const project = {
    ...{ name, created, step, config, changes: [...changes.made, ...changes.planned], dataset },
    ...(warmStart && { warmStart }),
    ...{ classes: images.labels === null ? null : images.classNames, hasImages: withImages, engine, evaluation },
  };
  yield text(ENTRIES.project, writeProject(project));
  yield text(ENTRIES.readme, readmeOf(project));
  await pace.between();
  yield { path: ENTRIES.checkpoint, content: writeCheckpoint(checkpoint) };
  await pace.between();
  yield text(ENTRIES.curves, curvesCsv(reported));
  await pace.between();
  yield { path: `${ENTRIES.encoder}encoder.safetensors`, content: writeEncoder(weights) };
  await pace.between();
  yield { path: `${ENTRIES.encoder}encoder.onnx`, content: onnxEncoder(weights) };
  for (const [path, content] of transformersSettings(weights)) yield { path: ENTRIES.encoder + path, content };
  if (reported.frames !== null) yield* frameFiles(reported.frames, images);
  yield { path: ENTRIES.embeddings, content: embeddingsParquet(images, encoder, pace) };
  if (withImages) yield* imageEntries(images, pace);
}

const text = (path: string, content: string): ZipFile => ({ path, content: new TextEncoder().encode(content) });

/** All series as one table, a row for each step at which something was measured. */
function curvesCsv({ series }: Reported): string {
  const names = SERIES_NAMES.filter((name) => series.has(name));
  const rows = new Map<number, Cell[]>();
  for (const [column, name] of names.entries()) {
    const { steps, values } = series.get(name) ?? { steps: [], values: [] };
    steps.forEach((step, i) => {
      const row = rows.get(step) ?? new Array<Cell>(names.length).fill(undefined);
      rows.set(step, row);
      row[column] = values[i];
    });
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return csvOf([['step', ...names], ...sorted.map(([step, row]) => [step, ...row])]);
}
