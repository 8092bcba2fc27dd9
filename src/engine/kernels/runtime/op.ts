import * as tf from '@tensorflow/tfjs';

type Named<Name extends string> = { readonly [K in Name]?: tf.Tensor };

/** A differentiable op of ours. */
export interface OpParts<In extends string, Attributes extends object> {
  /** Unique among tfjs's kernels. */
  readonly name: string;
  /** Forward pass, on whatever backend is active. An optional input that was left out is undefined. */
  forward(inputs: Named<In>, attributes: Attributes): tf.Tensor[];
  /**
   * The gradients of the inputs that the forward pass was given. Each function is called only where the tape leads on to a variable:
   * an image batch costs no input gradient, which is why this is not a `tf.customGrad`.
   */
  gradient(
    dys: readonly tf.Tensor[],
    saved: { readonly inputs: Named<In>; readonly outputs: readonly tf.Tensor[] },
    attributes: Attributes,
  ): { readonly [K in In]?: () => tf.Tensor };
  /** Which outputs the gradient wants among its `saved.outputs`; none if left out. */
  readonly saveOutputs?: readonly boolean[];
}

/** Registers an op with tfjs's tape and returns the function that runs it. */
export function defineOp<In extends string, Attributes extends object>(
  op: OpParts<In, Attributes>,
): (inputs: Named<In>, attributes: Attributes) => tf.Tensor[] {
  // tfjs can save "all inputs" only where they come as a list; the names of those given travel as an attribute.
  type WithNames = Attributes & { readonly inputNames: readonly In[] };
  const byName = (names: readonly In[], tensors: readonly tf.Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Named<In>;
  const backends = new Set<string>();

  tf.registerGradient({
    kernelName: op.name,
    saveAllInputs: true,
    outputsToSave: [...(op.saveOutputs ?? [])],
    gradFunc: (dy, saved, attrs) => {
      const attributes = attrs as unknown as WithNames;
      const { inputNames } = attributes;
      const gradients: { readonly [K in In]?: () => tf.Tensor } = op.gradient(
        Array.isArray(dy) ? dy : [dy],
        { inputs: byName(inputNames, saved), outputs: saved.slice(inputNames.length) },
        attributes,
      );
      return Object.fromEntries(
        inputNames.map((name, i) => {
          const compute = gradients[name];
          if (compute === undefined) throw new Error(`${op.name} has no gradient for its input ${name}`);
          return [`${i}`, compute];
        }),
      );
    },
  });

  return (inputs, attributes) => {
    const backend = tf.getBackend();
    if (!backends.has(backend)) {
      backends.add(backend);
      tf.registerKernel({
        kernelName: op.name,
        backendName: backend,
        kernelFunc: ({ inputs: given, attrs }) => {
          const { inputNames, ...rest } = attrs as unknown as WithNames;
          return op.forward(byName(inputNames, Object.values(given) as tf.Tensor[]), rest as unknown as Attributes);
        },
      });
    }
    const inputNames = (Object.keys(inputs) as In[]).filter((name) => inputs[name] !== undefined);
    const given = inputNames.map((name) => inputs[name]);
    const outputs = tf
      .engine()
      .runKernel<tf.Tensor | tf.Tensor[]>(
        op.name,
        given as unknown as tf.NamedTensorMap,
        { ...attributes, inputNames } as unknown as tf.NamedAttrMap,
      );
    return Array.isArray(outputs) ? outputs : [outputs];
  };
}
