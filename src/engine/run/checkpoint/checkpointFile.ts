import { CURRENT_VERSION } from '../../../domain/versions/registry';
import { z } from '../../../domain/zod';
import { elementsOf, type StoredTensor, storedTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';
import type { Checkpoint, TensorValues } from './checkpoint';
import { measuredEntries, readMeasuredWith } from './measuredWith';
import { parse, stringify } from './plainNumbers';
import { type PlainPart, plainSchema } from './plainSchema';
import { readFrames, readPoses, readSeries, reportEntries } from './reportTensors';
import { notFinite } from './saveRun';
import { readSealed, writeSealed } from './sealedFile';

/** Written as `format` into the metadata of every checkpoint. */
const FORMAT = 'SimSiam Lab checkpoint';
/** Raised when a checkpoint is written in a way that this code could not read. */
const VERSION = 1;

/** Whether the metadata of a safetensors file are those of a checkpoint. */
export function isCheckpoint(metadata: ReadonlyMap<string, string>): boolean {
  return metadata.get('format') === FORMAT;
}

const STATE = /^(parameters|momentum|probe|targets)\//;

/** A checkpoint as the bytes of a safetensors file: float32 tensors of the run's state, what it reported, and the rest in the metadata. */
export function writeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const { tensors, framePoses, reported, measuredWith, kernels, ...rest } = checkpoint;
  const { markers, baselines, diagnosis, frames } = reported;
  const shown =
    frames === null ? null : { dimensions: frames.images.dimensions, came: frames.came, stride: frames.stride };
  const plain = {
    ...rest,
    defaults: CURRENT_VERSION,
    kernels: [...kernels],
    reported: { markers, baselines, diagnosis, frames: shown },
  };
  return writeSealed({
    tensors: new Map([
      ...[...tensors].map(([name, { shape, values }]): [string, StoredTensor] => [
        name,
        storedTensor('F32', shape, values),
      ]),
      ...reportEntries(reported, framePoses),
      ...measuredEntries(measuredWith),
    ]),
    metadata: new Map([
      ['format', FORMAT],
      ['version', String(VERSION)],
      ['run', stringify(plain)],
    ]),
  });
}

/**
 * A checkpoint from the bytes of its file. Whether its tensors are those of its run is checked when it is resumed.
 * @throws UnusableFile where it is damaged, of a later version, or something else; the message says what
 */
export function readCheckpoint(file: Uint8Array): Checkpoint {
  const { tensors: stored, metadata, isSealed } = readSealed(file);
  if (!isCheckpoint(metadata)) throw new UnusableFile('is a safetensors file, but no checkpoint of a run');
  if (!isSealed) throw new UnusableFile('is damaged: its checksum is missing');
  expectVersion(metadata.get('version'));
  const { kernels, reported, defaults: _, ...plain } = plainPart(metadata.get('run') ?? '');
  const tensors = new Map(
    [...stored]
      .filter(([name]) => STATE.test(name))
      .map(([name, tensor]): [string, TensorValues] => [
        name,
        { shape: tensor.shape, values: elementsOf(name, tensor, 'F32') },
      ]),
  );
  const name = notFinite(tensors);
  if (name !== null)
    throw new UnusableFile(`is damaged: the tensor “${name}” holds a value that is not a finite number`);
  const { frames, ...shown } = reported;
  return {
    ...plain,
    kernels: new Map(kernels),
    tensors,
    framePoses: readPoses(stored),
    reported: {
      ...shown,
      series: readSeries(stored, plain.step),
      frames: frames === null ? null : readFrames(stored, plain.step, frames),
    },
    measuredWith: readMeasuredWith(stored, tensors),
  };
}

function expectVersion(text = ''): void {
  const version = Number(text);
  if (version === VERSION) return;
  throw new UnusableFile(
    Number.isInteger(version) && version > VERSION
      ? later(version, VERSION)
      : `is damaged: it has the unknown format ${text}`,
  );
}

const later = (version: number, known: number) =>
  `is of a later version of SimSiam Lab (${version}; this one reads ${known}): update to go on from it`;

function plainPart(text: string): PlainPart {
  let plain: unknown;
  try {
    plain = parse(text);
    return plainSchema.parse(plain);
  } catch {
    const { defaults } = laterDefaults.safeParse(plain).data ?? {};
    throw new UnusableFile(
      defaults === undefined
        ? 'is damaged: the settings and the state of its run are not readable'
        : later(defaults, CURRENT_VERSION),
    );
  }
}

const laterDefaults = z.object({ defaults: z.int().min(CURRENT_VERSION + 1) });
