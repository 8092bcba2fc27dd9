import * as tf from '@tensorflow/tfjs';

/** One operation on tfjs's gradient tape. */
interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly gradient?: (dys: (tf.Tensor | undefined)[]) => Readonly<Record<string, () => tf.Tensor>>;
  saved?: tf.Tensor[];
}

/** The parts of tfjs's engine that hold the tape; private in the pinned version 4.22. */
interface TapeKeeper {
  readonly state: { activeTape: TapeNode[] | null };
  startTape(): void;
  endTape(): void;
}

/** Runs `f` and returns its value with the operations that it recorded. */
function recordTape(f: () => tf.Scalar): { value: tf.Scalar; tape: TapeNode[] } {
  const engine = tf.engine() as unknown as TapeKeeper;
  engine.startTape();
  try {
    const value = tf.tidy(f);
    return { value, tape: engine.state.activeTape ?? [] };
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
}

/** Ids of all tensors that depend on `variables`, these included. */
function dependents(tape: readonly TapeNode[], variables: readonly tf.Variable[]): Set<number> {
  const ids = new Set(variables.map(({ id }) => id));
  for (const { inputs, outputs } of tape) {
    if (!Object.values(inputs).some(({ id }) => ids.has(id))) continue;
    for (const { id } of outputs) ids.add(id);
  }
  return ids;
}

/**
 * Value of `f` and its gradients by variable id; a variable that it does not depend on has none. Like `tf.variableGrads`, but each
 * activation and each gradient is freed as soon as the backward pass no longer needs it, which halves the memory of a training step. Call
 * it inside `tf.tidy`.
 */
export function valueAndGradients(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
): { value: tf.Scalar; gradients: ReadonlyMap<number, tf.Tensor> } {
  const { value, tape } = recordTape(f);
  const dependent = dependents(tape, variables);
  const gradients = new Map<number, tf.Tensor>();
  if (dependent.has(value.id)) gradients.set(value.id, tf.onesLike(value));

  for (const node of tape.reverse()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id));
    if (dys.some((dy) => dy !== undefined)) {
      for (const { id } of node.outputs) gradients.delete(id);
      addInputGradients(node, dys, dependent, gradients);
    }
    tf.dispose(node.saved ?? []);
    node.saved = [];
  }
  return { value, gradients };
}

/** Adds what a node contributes to the gradients of its inputs, and frees those of its outputs. */
function addInputGradients(
  { inputs, gradient }: TapeNode,
  dys: (tf.Tensor | undefined)[],
  dependent: ReadonlySet<number>,
  gradients: Map<number, tf.Tensor>,
): void {
  const wanted = Object.entries(inputs).filter(([, { id }]) => dependent.has(id));
  if (wanted.length > 0) {
    if (gradient === undefined) throw new Error('an operation of the loss has no gradient');
    const computed = gradient(dys);
    for (const [name, { id }] of wanted) {
      const dx = tf.tidy(computed[name]);
      const before = gradients.get(id);
      // An operation may return its own dy, even for several inputs; the clone makes each entry a separate tensor.
      const own = dys.includes(dx) ? tf.clone(dx) : dx;
      if (before === undefined) {
        gradients.set(id, own);
      } else {
        gradients.set(id, tf.add(before, own));
        tf.dispose([before, own]);
      }
    }
  }
  for (const dy of dys) dy?.dispose();
}
