import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { RunConfig } from '../../src/domain/runConfig';
import { fingerprintOfWeights } from '../../src/domain/weightsFingerprint';
import { readEncoder } from '../../src/engine/run/export/readEncoder';
import {
  networkDifferences,
  type StartingWeights,
  startingWith,
  withNetworkOf,
} from '../../src/engine/run/startingWeights';
import { UnusableFile } from '../../src/formats/unusableFile';
import { preprocessorBeside } from '../export/preprocessorBeside';
import { UsageError } from '../node/usageError';
import { configFrom, type Options } from './options';

/** A run that begins from the weights of a file. */
export interface WarmRun {
  readonly config: RunConfig;
  readonly start: StartingWeights;
  /** What the reader of the file assumed or left out, as sentences. */
  readonly notes: readonly string[];
}

/**
 * The settings of a run that `--weights` begins, with the network of the file, and its weights.
 * @throws UsageError where the file cannot be read, or `--set` asks for another network; Error where it is no encoder
 */
export async function warmRun(options: Options, file: string): Promise<WarmRun> {
  const bytes = bytesAt(file);
  const { encoder, notes } = readNaming(file, bytes);
  const config = configFrom(options, (preset) => withNetworkOf(preset, encoder.config));
  const [name] = networkDifferences(config, encoder.config);
  if (name !== undefined) {
    throw new UsageError(
      `--set ${name}=${config[name]}: the weights of ${file} are of a network with ${name}=${encoder.config[name]}. Leave that out, or begin without --weights.`,
    );
  }
  const fingerprint = await fingerprintOfWeights(bytes);
  return { config, start: startingWith(encoder, { name: basename(file), fingerprint }), notes };
}

function bytesAt(file: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(readFileSync(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--weights ${file} cannot be read: ${reason}. Name a .safetensors file of an encoder.`);
  }
}

function readNaming(file: string, bytes: Uint8Array) {
  try {
    return readEncoder(bytes, preprocessorBeside(file));
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new Error(`${file} ${error.message.trimEnd()}. Begin from another file, or without --weights.`);
  }
}
