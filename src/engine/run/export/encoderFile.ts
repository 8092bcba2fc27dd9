import { CURRENT_VERSION } from '../../../domain/versions/registry';
import { type StoredTensor, storedTensor } from '../../../formats/safetensors';
import { toTorch } from '../../network/export/torchLayout';
import { huggingFaceName } from '../../network/huggingFaceNames';
import { backboneOf } from '../../network/networkLayers';
import { torchvisionNames } from '../../network/torchvisionNames';
import { writeSealed } from '../checkpoint/sealedFile';
import { ENCODER_KEY, ENCODER_VERSION } from './encoderMetadata';
import type { EncoderWeights } from './encoderWeights';

/** A scalar of PyTorch's type long. */
function longTensor(value: number): StoredTensor {
  return { dtype: 'I64', shape: [], bytes: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer) };
}

/** The backbone's tensors in PyTorch's layout, by torchvision's names; `num_batches_tracked` of every BN layer is the number of updates. */
function backboneTensors({ config, step, tensors }: EncoderWeights): [string, StoredTensor][] {
  return torchvisionNames(backboneOf(config).layers).flatMap(({ ours, torchvision }) => {
    const tensor = tensors.get(ours);
    if (tensor === undefined) throw new Error(`the encoder has no tensor “${ours}”`);
    const { shape, values } = toTorch(tensor);
    const own: [string, StoredTensor] = [torchvision, storedTensor('F32', shape, values)];
    if (!torchvision.endsWith('.running_var')) return [own];
    return [own, [torchvision.replace('running_var', 'num_batches_tracked'), longTensor(step)] as typeof own];
  });
}

/** What Hugging Face's readers ask for. */
const PYTORCH = ['format', 'pt'] as const;

/**
 * The backbone as a safetensors file with torchvision's names and layouts. The metadata says what the images are scaled to and normalised with.
 */
export function writeEncoder(weights: EncoderWeights): Uint8Array<ArrayBuffer> {
  const { config, step, normalisation } = weights;
  const encoder = { version: ENCODER_VERSION, defaults: CURRENT_VERSION, config, step, ...normalisation };
  return writeSealed({
    tensors: new Map(backboneTensors(weights)),
    metadata: new Map([PYTORCH, [ENCODER_KEY, JSON.stringify(encoder)]]),
  });
}

/** The same tensors with the names of Hugging Face's `ResNetModel`, for a backbone that is one (`huggingFaceResNet`). */
export function writeHuggingFaceModel(weights: EncoderWeights): Uint8Array<ArrayBuffer> {
  const tensors = backboneTensors(weights).map(([name, tensor]) => [huggingFaceName(name), tensor] as const);
  return writeSealed({ tensors: new Map(tensors), metadata: new Map([PYTORCH]) });
}
