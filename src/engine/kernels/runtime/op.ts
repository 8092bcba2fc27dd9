import * as tf from '@tensorflow/tfjs';
import { currentImplementation } from './implementation';

/** One of our ops: one function with up to three implementations, whose results are equal up to rounding. */
export interface Op<Compute> {
  /** Unique among our ops and tfjs's kernels. */
  readonly name: string;
  /** Our WGSL on tfjs's WebGPU backend. */
  readonly webgpu: Compute;
  /** Generated WebAssembly on our backend for the processor; `plain` where left out. */
  readonly wasm?: Compute;
  /** Plain tfjs ops: runs on every other backend, and is the reference in tests. */
  readonly plain: Compute;
}

/** Tensors by name; an optional one that was left out is undefined. */
export type Named<Name extends string> = { readonly [K in Name]?: tf.Tensor };

type ComputeTensors<In extends string, Attributes extends object> = (
  inputs: Named<In>,
  attributes: Attributes,
) => tf.Tensor[];

/** An op that tfjs's tape records, with the gradients of its inputs. */
export interface DifferentiableOp<In extends string, Attributes extends object>
  extends Op<ComputeTensors<In, Attributes>> {
  /**
   * The gradients of the inputs that were given, computed by other ops. Each function is called only if its input depends on a variable, so
   * that an image batch costs no input gradient. `tf.customGrad` would compute all gradients.
   */
  gradient(
    dys: readonly tf.Tensor[],
    saved: { readonly inputs: Named<In> },
    attributes: Attributes,
  ): { readonly [K in In]?: () => tf.Tensor };
}

/** Returns the function that computes an op by the implementation for the active backend. */
export function defineOp<In extends string, Attributes extends object>(
  op: DifferentiableOp<In, Attributes>,
): ComputeTensors<In, Attributes>;
export function defineOp<Compute extends (...args: never[]) => unknown>(op: Op<Compute>): Compute;
export function defineOp(op: Op<(...args: never[]) => unknown> | DifferentiableOp<string, object>): unknown {
  if ('gradient' in op) return onTape(op);
  return (...args: never[]) => implementationOf(op)(...args);
}

function implementationOf<Compute>(op: Op<Compute>): Compute {
  return op[currentImplementation()] ?? op.plain;
}

/** Registers an op with tfjs's tape and returns the function that runs it. */
function onTape<In extends string, Attributes extends object>(
  op: DifferentiableOp<In, Attributes>,
): ComputeTensors<In, Attributes> {
  // tfjs can save all inputs only if they are a list, so their names are passed as an attribute.
  type WithNames = Attributes & { readonly inputNames: readonly In[] };
  const byName = (names: readonly In[], tensors: readonly tf.Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Named<In>;
  const backends = new Set<string>();

  tf.registerGradient({
    kernelName: op.name,
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const attributes = attrs as unknown as WithNames;
      const { inputNames } = attributes;
      const gradients: { readonly [K in In]?: () => tf.Tensor } = op.gradient(
        Array.isArray(dy) ? dy : [dy],
        { inputs: byName(inputNames, saved) },
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
          const named = byName(inputNames, Object.values(given) as tf.Tensor[]);
          return implementationOf(op)(named, rest as unknown as Attributes);
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
