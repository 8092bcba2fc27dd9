import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { decodeBatch } from '../../src/data/import/decodeBatch';
import { runImport } from '../../src/data/import/runImport';
import { ImportError } from '../../src/data/importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../../src/data/importTypes';
import { nameOfRoots, type Root } from '../../src/data/nameOfRoots';
import { importProject } from '../../src/data/project/importProject';
import { manifestFile } from '../../src/data/sample/catalogue';
import { partsFor } from '../../src/data/sample/parts';
import { type SampleManifest, unpackSample } from '../../src/data/sample/unpackSample';
import type { FoundFiles, ImageSources } from '../../src/data/sources';
import {
  type ImageDataset,
  type PictureStorage,
  SAMPLE_IDS,
  SAMPLE_VERSIONS,
  type SampleId,
  type SampleVersion,
} from '../../src/domain/imageDataset';
import { UnusableFile } from '../../src/formats/unusableFile';
import { decodeWithSharp } from './decodeWithSharp';
import { FileSource } from './fileSource';
import { holdsImages } from './projectIn';
import { walkFolder } from './walkFolder';

const SAMPLES_FOLDER = new URL('../../public/samples/', import.meta.url);

/**
 * Images of a built-in sample, all unless it is said how many (the setting `images`), in its newest version unless another is named, with the
 * same bytes as in the page.
 */
export async function readSample(
  id: SampleId,
  storage: PictureStorage,
  version: SampleVersion = SAMPLE_VERSIONS[id],
  images = 0,
): Promise<ImageDataset> {
  const file = new URL(manifestFile(id, version), SAMPLES_FOLDER);
  const manifest: SampleManifest = JSON.parse(await readFile(file, 'utf8'));
  const sheets = partsFor(id, images).map(({ file: sheet }) => readFile(new URL(sheet, SAMPLES_FOLDER)));
  return unpackSample(id, manifest, await Promise.all(sheets), storage, images);
}

async function sourcesAt(location: string): Promise<Pick<ImageSources, 'found'> & { readonly root: Root }> {
  const root = resolve(location);
  const kind = await stat(root).catch(() => null);
  if (kind === null) {
    throw new ImportError(`${location}: no such folder or .zip archive, nor a sample (${SAMPLE_IDS.join(', ')}).`);
  }
  const name = basename(root);
  if (kind.isDirectory()) return { root: { name, isFolder: true }, found: walkFolder(root, name) };
  const files = [{ path: name, blob: new FileSource(root, kind.size) }];
  return { root: { name, isFolder: false }, found: [{ files, unreadable: [] }] };
}

/** Folders, archives and files as if they had been dropped together. */
async function sourcesFrom(locations: readonly string[]): Promise<ImageSources> {
  const all = await Promise.all(locations.map(sourcesAt));
  async function* everything(): AsyncGenerator<FoundFiles> {
    for (const { found } of all) yield* found;
  }
  return { name: nameOfRoots(all.map(({ root }) => root)), found: everything() };
}

function isSample(name: string): name is SampleId {
  return SAMPLE_IDS.some((id) => id === name);
}

/** Whether a file is a project file with the images of its run; a damaged archive is named by the import. */
async function isProjectWithImages(file: string, size: number): Promise<boolean> {
  try {
    return await holdsImages(file, size);
  } catch (error) {
    if (error instanceof UnusableFile) return false;
    throw error;
  }
}

/**
 * A data set for Node: a sample by its id, in the version `sample`, else the images in a project file, a folder or a .zip archive, or several, with the page's rules for
 * labels, splits and bad files.
 * @throws ImportError when there is nothing to train on.
 */
export async function loadDataset(
  location: string | readonly string[],
  settings: ImportSettings & { readonly sample?: SampleVersion },
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<ImportResult> {
  if (typeof location === 'string' && isSample(location)) {
    return { dataset: await readSample(location, settings, settings.sample, settings.images), skipped: [], plan: null };
  }
  const decoder = (batch: Parameters<typeof decodeBatch>[0]) => decodeBatch(batch, settings, decodeWithSharp);
  const decoders = Array.from({ length: availableParallelism() }, () => decoder);
  if (typeof location === 'string') {
    const file = await stat(location).catch(() => null);
    if (file?.isFile() === true && (await isProjectWithImages(location, file.size))) {
      return importProject(new FileSource(location, file.size), basename(location), settings, decoders, onProgress);
    }
  }
  const sources = await sourcesFrom(typeof location === 'string' ? [location] : location);
  return runImport(sources, settings, decoders, onProgress);
}
