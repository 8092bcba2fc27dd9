import { fromHalves } from '../../../domain/halfPrecision';
import { elementsOf, type StoredTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';

/**
 * The elements of a tensor of floating-point numbers as float32: those of F16 and BF16 are the same values, those of F64 are rounded.
 * @throws UnusableFile where the tensor has another dtype
 */
export function floatsOf(name: string, tensor: StoredTensor): Float32Array<ArrayBuffer> {
  switch (tensor.dtype) {
    case 'F32':
      return elementsOf(name, tensor, 'F32');
    case 'F16':
      return fromHalves(sixteenBits(tensor));
    case 'BF16':
      // The upper half of a float32.
      return new Float32Array(Uint32Array.from(sixteenBits(tensor), (bits) => bits << 16).buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(new Uint8Array(tensor.bytes).buffer));
    default:
      throw new UnusableFile(
        `has the tensor “${name}” as ${tensor.dtype}: save its weights as floating-point numbers (F32, F16 or BF16)`,
      );
  }
}

const sixteenBits = ({ bytes }: StoredTensor) => new Uint16Array(new Uint8Array(bytes).buffer);
