import { CURRENT_VERSION } from '../../../domain/versions/registry';
import { type StoredTensor, storedTensor } from '../../../formats/safetensors';
import { toTorch } from '../../network/export/torchLayout';
import { backboneOf } from '../../network/networkLayers';
import { torchvisionNames } from '../../network/torchvisionNames';
import { writeSealed } from '../checkpoint/sealedFile';
import { ENCODER_KEY, ENCODER_VERSION } from './encoderMetadata';
import type { EncoderWeights } from './encoderWeights';

/** A scalar of PyTorch's type long. */
function longTensor(value: number): StoredTensor {
  return { dtype: 'I64', shape: [], bytes: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer) };
}

/**
 * The backbone as a safetensors file with torchvision's names and layouts. `num_batches_tracked` of every BN layer is the number of updates.
 * The metadata says what the images are scaled to and normalised with; `format` is what Hugging Face's readers ask for.
 */
export function writeEncoder({ config, step, normalisation, tensors }: EncoderWeights): Uint8Array<ArrayBuffer> {
  const stored = torchvisionNames(backboneOf(config).layers).flatMap(({ ours, torchvision }) => {
    const tensor = tensors.get(ours);
    if (tensor === undefined) throw new Error(`the encoder has no tensor “${ours}”`);
    const { shape, values } = toTorch(tensor);
    const own: [string, StoredTensor] = [torchvision, storedTensor('F32', shape, values)];
    if (!torchvision.endsWith('.running_var')) return [own];
    return [own, [torchvision.replace('running_var', 'num_batches_tracked'), longTensor(step)] as typeof own];
  });
  const encoder = { version: ENCODER_VERSION, defaults: CURRENT_VERSION, config, step, ...normalisation };
  return writeSealed({
    tensors: new Map(stored),
    metadata: new Map([
      ['format', 'pt'],
      [ENCODER_KEY, JSON.stringify(encoder)],
    ]),
  });
}
