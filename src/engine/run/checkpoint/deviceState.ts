import * as tf from '@tensorflow/tfjs';
import { UnusableFile } from '../../../formats/unusableFile';
import type { RunSnapshot } from '../state';
import type { Checkpoint, TensorValues } from './checkpoint';

/** The parts of a run's state that lie on the device, by the names that a checkpoint gives them. */
type Named<T> = ReadonlyMap<string, T>;

const prefixed = <T>(prefix: string, tensors: Named<T>) =>
  [...tensors].map(([name, tensor]) => [`${prefix}/${name}`, tensor] as const);

/** The tensors of a snapshot by name; they are not copied. */
export function tensorsOf({ parameters, momentum, probe, heldTargets }: RunSnapshot): Named<tf.Tensor> {
  const targets = (heldTargets?.targets ?? []).flatMap(({ z1, z2 }, i) => [
    [`targets/${i}/z1`, z1] as const,
    [`targets/${i}/z2`, z2] as const,
  ]);
  return new Map<string, tf.Tensor>([
    ...prefixed('parameters', parameters),
    ...prefixed('momentum', momentum),
    ...prefixed('probe', probe ?? new Map<string, tf.Tensor>()),
    ...targets,
  ]);
}

/** Reads tensors back from the device. */
export async function readTensors(tensors: Named<tf.Tensor>): Promise<Named<TensorValues>> {
  const read = async ([name, tensor]: readonly [string, tf.Tensor]) => {
    const values = new Float32Array(await tensor.data<'float32'>());
    return [name, { shape: [...tensor.shape], values }] as const;
  };
  return new Map(await Promise.all([...tensors].map(read)));
}

/** The state of a checkpoint on the device; the caller disposes it (`disposeSnapshot`). */
export function snapshotOf(checkpoint: Checkpoint): RunSnapshot {
  const { step, config, changes, diagnosis, kernels, framePoses, heldFrom, tensors } = checkpoint;
  const onDevice = (prefix: string) => {
    const own = [...tensors].filter(([name]) => name.startsWith(`${prefix}/`));
    return new Map(
      own.map(([name, { shape, values }]) => [name.slice(prefix.length + 1), tf.tensor(values, [...shape], 'float32')]),
    );
  };
  const probe = onDevice('probe');
  const held = onDevice('targets');
  return {
    step,
    config,
    changes,
    diagnosis,
    kernels,
    framePoses,
    parameters: onDevice('parameters'),
    momentum: onDevice('momentum'),
    probe: probe.size > 0 ? probe : null,
    heldTargets: heldFrom === null ? null : { from: heldFrom, targets: pairsOf(held) },
  };
}

function pairsOf(held: Named<tf.Tensor>): { readonly z1: tf.Tensor2D; readonly z2: tf.Tensor2D }[] {
  return Array.from({ length: held.size / 2 }, (_, i) => ({
    z1: held.get(`${i}/z1`) as tf.Tensor2D,
    z2: held.get(`${i}/z2`) as tf.Tensor2D,
  }));
}

const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/**
 * Checks that a checkpoint's tensors are those of a run.
 * @param fresh a snapshot of a run with the checkpoint's settings, before its first step
 * @throws UnusableFile naming a tensor that is missing, unknown or of another shape
 */
export function expectTensorsOf(fresh: RunSnapshot, checkpoint: Checkpoint): void {
  const { tensors } = checkpoint;
  const own = [...tensorsOf(fresh)].map(([name, { shape }]) => [name, shape] as const);
  const targets = targetShapes(fresh.heldTargets !== null, checkpoint);
  const needed = new Map<string, readonly number[]>([...own, ...targets]);
  for (const [name] of needed) {
    if (!tensors.has(name)) throw new UnusableFile(`is damaged: the tensor “${name}” is missing`);
  }
  for (const [name, { shape }] of tensors) {
    // A parameter has momentum only after it was trained.
    const parameter = name.replace(/^momentum\//, 'parameters/');
    const wanted = needed.get(name) ?? needed.get(parameter);
    if (wanted === undefined) throw new UnusableFile(`is damaged: the run has no tensor “${name}”`);
    if (shapeText(shape) === shapeText(wanted)) continue;
    throw new UnusableFile(
      `is damaged: the tensor “${name}” has the shape ${shapeText(shape)} in place of ${shapeText(wanted)}`,
    );
  }
}

/**
 * The held targets that a checkpoint must have, with their shapes.
 * @param holds whether a run with its settings holds targets
 * @throws UnusableFile where those that it has are not those of its step
 */
export function targetShapes(
  holds: boolean,
  { heldFrom, step, tensors, config }: Checkpoint,
): (readonly [name: string, shape: readonly number[]])[] {
  const held = [...tensors.keys()].filter((name) => name.startsWith('targets/')).length / 2;
  const fits = heldFrom === null || (heldFrom <= step && (held === 0 || step - heldFrom <= held));
  if (holds !== (heldFrom !== null) || !fits) {
    throw new UnusableFile('is damaged: its targets of alternating optimisation are not those of its step');
  }
  if (heldFrom === null) return [];
  const shape = [config.batchSize, config.outputDim];
  return Array.from({ length: Math.ceil(held) }, (_, i) =>
    ['z1', 'z2'].map((z) => [`targets/${i}/${z}`, shape] as const),
  ).flat();
}
