/** A tensor's values, row-major. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** Where each axis of a tensor in PyTorch's layout is in ours: kernels are [k, k, in, out] here and [out, in, k, k] there, linear ones [in, out] and [out, in]. */
function axesOf(rank: number): readonly number[] {
  if (rank === 4) return [3, 2, 0, 1];
  return rank === 2 ? [1, 0] : [0];
}

/** Where each axis of a tensor in our layout is in PyTorch's. */
function axesBack(rank: number): readonly number[] {
  if (rank === 4) return [2, 3, 1, 0];
  return rank === 2 ? [1, 0] : [0];
}

/** @param axes for each axis of the result, the axis of `tensor` that it is */
function permuted({ shape, values }: Values, axes: readonly number[]): Values {
  if (shape.length < 2) return { shape, values };
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const out = axes.map((axis) => shape[axis]);
  const steps = axes.map((axis) => strides[axis]);
  const result = new Float32Array(values.length);
  const index = out.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from];
    for (let axis = out.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      from += steps[axis];
      if (index[axis] < out[axis]) break;
      from -= steps[axis] * out[axis];
      index[axis] = 0;
    }
  }
  return { shape: out, values: result };
}

/** The shape of a tensor of ours in PyTorch's layout. */
export function torchShape(shape: readonly number[]): number[] {
  return shape.length < 2 ? [...shape] : axesOf(shape.length).map((axis) => shape[axis]);
}

/** A tensor of ours [k, k, in, out], [in, out] or [n] in PyTorch's layout. */
export function toTorch(tensor: Values): Values {
  return permuted(tensor, axesOf(tensor.shape.length));
}

/** A tensor in PyTorch's layout [out, in, k, k], [out, in] or [n] in ours. */
export function fromTorch(tensor: Values): Values {
  return permuted(tensor, axesBack(tensor.shape.length));
}
