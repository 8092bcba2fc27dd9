import { type ArrayDtype, type ArrayOf, elementsOf, type StoredTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';

export type Tensors = ReadonlyMap<string, StoredTensor>;

/**
 * A copy of a tensor's elements.
 * @param shape the one that it must have; null stands for any length
 * @throws UnusableFile where it is missing, or has another type or shape
 */
export function tensorOf<D extends ArrayDtype>(
  tensors: Tensors,
  name: string,
  dtype: D,
  shape: readonly (number | null)[],
): { readonly values: ArrayOf<D>; readonly shape: readonly number[] } {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new UnusableFile(`is damaged: the tensor “${name}” is missing`);
  const fits =
    tensor.shape.length === shape.length && shape.every((size, i) => size === null || size === tensor.shape[i]);
  if (!fits) throw new UnusableFile(`is damaged: the tensor “${name}” has the shape [${tensor.shape.join(', ')}]`);
  return { values: elementsOf(name, tensor, dtype), shape: tensor.shape };
}
