import { openAsBlob } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { decodeBatch } from '../../src/data/import/decodeBatch';
import { runImport } from '../../src/data/import/runImport';
import { ImportError } from '../../src/data/importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../../src/data/importTypes';
import { nameOfRoots, type Root } from '../../src/data/nameOfRoots';
import { manifestFile } from '../../src/data/sample/catalogue';
import { type SampleManifest, unpackSample } from '../../src/data/sample/unpackSample';
import type { ImageSources, SourceFile } from '../../src/data/sources';
import {
  type ImageDataset,
  type ImageSize,
  SAMPLE_IDS,
  SAMPLE_VERSIONS,
  type SampleId,
  type SampleVersion,
} from '../../src/domain/imageDataset';
import { isSystemPath } from '../../src/formats/systemPaths';
import { decodeWithSharp } from './decodeWithSharp';

const SAMPLES_FOLDER = new URL('../../public/samples/', import.meta.url);

/** A built-in sample, in its newest version unless another is named, with the same bytes as in the page. */
export async function readSample(
  id: SampleId,
  size: ImageSize,
  version: SampleVersion = SAMPLE_VERSIONS[id],
): Promise<ImageDataset> {
  const file = new URL(manifestFile(id, version), SAMPLES_FOLDER);
  const manifest: SampleManifest = JSON.parse(await readFile(file, 'utf8'));
  return unpackSample(id, manifest, await readFile(new URL(`${id}.png`, SAMPLES_FOLDER)), size);
}

/** All files at and below `path` in a folder, without hidden and system files. */
async function walk(folder: string, path: string, into: SourceFile[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (isSystemPath(entry.name)) continue;
    const file = join(folder, entry.name);
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) await walk(file, below, into);
    else if (entry.isFile()) into.push({ path: below, blob: await openAsBlob(file) });
  }
}

async function sourcesAt(location: string): Promise<ImageSources & { readonly root: Root }> {
  const root = resolve(location);
  const kind = await stat(root).catch(() => null);
  if (kind === null) {
    throw new ImportError(`${location}: no such folder or .zip archive, nor a sample (${SAMPLE_IDS.join(', ')}).`);
  }
  const name = basename(root);
  const files: SourceFile[] = [];
  if (kind.isDirectory()) await walk(root, name, files);
  else files.push({ path: name, blob: await openAsBlob(root) });
  const found = { name, isFolder: kind.isDirectory() };
  return { root: found, name: nameOfRoots([found]), files, unreadable: [] };
}

/** Folders, archives and files as if they had been dropped together. */
async function sourcesFrom(locations: readonly string[]): Promise<ImageSources> {
  const all = await Promise.all(locations.map(sourcesAt));
  return {
    name: nameOfRoots(all.map(({ root }) => root)),
    files: all.flatMap(({ files }) => files),
    unreadable: all.flatMap(({ unreadable }) => unreadable),
  };
}

function isSample(name: string): name is SampleId {
  return SAMPLE_IDS.some((id) => id === name);
}

/**
 * A data set for Node: a sample by its id, in the version `sample`, else a folder or a .zip archive, or several, with the page's rules for
 * labels, splits and bad files.
 * @throws ImportError when there is nothing to train on.
 */
export async function loadDataset(
  location: string | readonly string[],
  settings: ImportSettings & { readonly sample?: SampleVersion },
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<ImportResult> {
  if (typeof location === 'string' && isSample(location)) {
    return { dataset: await readSample(location, settings.size, settings.sample), skipped: [], plan: null };
  }
  const decoder = (batch: Parameters<typeof decodeBatch>[0]) => decodeBatch(batch, settings.size, decodeWithSharp);
  const decoders = Array.from({ length: availableParallelism() }, () => decoder);
  const sources = await sourcesFrom(typeof location === 'string' ? [location] : location);
  return runImport(sources, settings, decoders, onProgress);
}
