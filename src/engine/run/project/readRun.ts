import { flattenConfig } from '../../../domain/configPath';
import { areDerivedAlike } from '../../../domain/derivation';
import { type DatasetInfo, type KeptShapes, SAMPLE_IDS } from '../../../domain/imageDataset';
import type { DatasetIdentity } from '../../../domain/keptRun';
import type { RunConfig } from '../../../domain/runConfig';
import { beginsAlike } from '../../../domain/warmStart';
import { UnusableFile } from '../../../formats/unusableFile';
import { type PackedFolder, readPacked } from '../../../formats/zip/packedFolder';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { readCheckpoint } from '../checkpoint/checkpointFile';
import { datasetPrint, imageDifferences } from '../checkpoint/datasetPrint';
import { ENTRIES, type Project, readProject } from './projectFile';

/** The run of a project file. */
export interface ProjectRun {
  readonly project: Project;
  readonly checkpoint: Checkpoint;
  /** The bytes of the checkpoint. */
  readonly file: Uint8Array;
}

/** Names and confusions of a thousand classes take a tenth. */
const MOST_JSON_BYTES = 32 * 2 ** 20;
/** The longest array that all browsers allow. */
export const MOST_CHECKPOINT_BYTES = 2 ** 31 - 1;

/**
 * The run of a project file, which is checked: the checkpoint is that of the step, settings, changes and images in `project.json`.
 * @throws UnusableFile saying what is damaged, missing or does not fit, as the rest of a sentence about the project file
 */
export async function readProjectRun(folder: PackedFolder): Promise<ProjectRun> {
  const text = new TextDecoder().decode(await readPacked(folder, ENTRIES.project, MOST_JSON_BYTES));
  const project = readProject(text);
  const file = await readPacked(folder, ENTRIES.checkpoint, MOST_CHECKPOINT_BYTES);
  const checkpoint = await naming(ENTRIES.checkpoint, () => readCheckpoint(file));
  const found = projectDifferences(project, checkpoint);
  if (found.length > 0) {
    throw new UnusableFile(
      `is damaged: its ${ENTRIES.checkpoint} is not that of its ${ENTRIES.project}: ${found.join('; ')}`,
    );
  }
  identityIn(checkpoint);
  return { project, checkpoint, file };
}

/** Names a file of the project in what `work` throws because the file cannot be used. */
export async function naming<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof UnusableFile ? new UnusableFile(`cannot be used: its ${path} ${error.message}`) : error;
  }
}

/** What `project.json` says and the checkpoint does not, as parts of a sentence. */
function projectDifferences(project: Project, { step, config, changes, dataset, warmStart }: Checkpoint): string[] {
  const found: string[] = [];
  const compare = (what: string, expected: unknown, there: unknown) => {
    if (JSON.stringify(expected) === JSON.stringify(there)) return;
    found.push(
      `${what} is ${String(JSON.stringify(there)).slice(0, 60)} in place of ${String(JSON.stringify(expected)).slice(0, 60)}`,
    );
  };
  compare('the step', project.step, step);
  for (const [path, value] of settingsThatDiffer(project.config, config)) {
    compare(`the setting ${path}`, value, flattenConfig(config).get(path));
  }
  compare('the list of changes in flight', project.changes, [...changes.made, ...changes.planned]);
  for (const part of ['name', 'count', 'sample', 'fingerprint'] as const) {
    compare(`the ${part} of the images`, project.dataset[part], dataset[part]);
  }
  if (!areDerivedAlike(project.dataset.derivation, dataset.derivation)) found.push('other images are chosen');
  if (!beginsAlike(project.warmStart, warmStart)) found.push('it began with other weights');
  return found;
}

function settingsThatDiffer(wanted: RunConfig, given: RunConfig) {
  const there = flattenConfig(given);
  return [...flattenConfig(wanted)].filter(([path, value]) => there.get(path) !== value).slice(0, 5);
}

/**
 * The images of a checkpoint's run.
 * @throws UnusableFile where they are a sample that is not known here, or the settings name other images
 */
export function identityIn({ dataset, config }: Checkpoint): DatasetIdentity {
  const { name, count, fingerprint, derivation } = dataset;
  const sample = SAMPLE_IDS.find((id) => id === dataset.sample) ?? null;
  if (sample === null && dataset.sample !== null) {
    throw new UnusableFile(
      `is of a later version of SimSiam Lab: its run is on the sample “${dataset.sample}”, which this one does not have`,
    );
  }
  if ((sample ?? 'folder') !== config.dataset || (sample === null) !== (fingerprint !== null)) {
    throw new UnusableFile(`is damaged: its settings name the images “${config.dataset}”, and its run is on “${name}”`);
  }
  return { name, count, sample, fingerprint, ...(derivation && { derivation }) };
}

/** @throws UnusableFile where the images in a project file are not those of its run */
export function expectImagesOf(checkpoint: Checkpoint, images: DatasetInfo & KeptShapes): void {
  const found = imageDifferences(checkpoint.dataset, datasetPrint(images));
  if (found.length === 0) return;
  throw new UnusableFile(`is damaged: its images are not those of its run: ${found.join(', and ')}`);
}
