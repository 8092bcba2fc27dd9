import { type StoredTensor, storedTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';
import type { Normalisation } from '../../kernels/augment/normalisation';
import type { Trainer } from '../trainer';
import type { Checkpoint, MeasuredWith, TensorValues } from './checkpoint';
import { tensorOf } from './storedTensors';

/**
 * What a run's images are measured with, as tensors of a checkpoint's file: `statistics/NAME` F32 [C] by the name of the parameter, and
 * `normalisation` F64 [2, 3], the means and then the deviations of the channels.
 */
const PREFIX = 'statistics/';
const NORMALISATION = 'normalisation';
const CHANNELS = 3;

/**
 * A checkpoint with what its images are measured with, so that its encoder gives the features of the run without them.
 * @param trainer the run, prepared, at the step of the checkpoint; it must not train meanwhile
 */
export async function withMeasuredWith(checkpoint: Checkpoint, trainer: Trainer): Promise<Checkpoint> {
  const found = await trainer.statistics();
  const statistics = new Map([...found].map(([name, values]) => [name, Float32Array.from(values)] as const));
  return { ...checkpoint, measuredWith: { statistics, normalisation: trainer.normalisation } };
}

export function measuredEntries(measuredWith: MeasuredWith | null): [name: string, tensor: StoredTensor][] {
  if (measuredWith === null) return [];
  const { statistics, normalisation } = measuredWith;
  const channels = Float64Array.from([...normalisation.mean, ...normalisation.std]);
  return [
    ...[...statistics].map(([name, values]): [string, StoredTensor] => [
      PREFIX + name,
      storedTensor('F32', [values.length], values),
    ]),
    [NORMALISATION, storedTensor('F64', [2, CHANNELS], channels)],
  ];
}

/**
 * @param state the tensors of the run
 * @returns null where the file has none
 * @throws UnusableFile where they are damaged, or not those of the run's parameters
 */
export function readMeasuredWith(
  stored: ReadonlyMap<string, StoredTensor>,
  state: ReadonlyMap<string, TensorValues>,
): MeasuredWith | null {
  if (!stored.has(NORMALISATION)) return null;
  const { values: channels } = tensorOf(stored, NORMALISATION, 'F64', [2, CHANNELS]);
  const [mean, std] = [channels.subarray(0, CHANNELS), channels.subarray(CHANNELS)];
  if (!channels.every(Number.isFinite) || std.some((value) => value <= 0)) {
    throw new UnusableFile('is damaged: its images cannot be normalised with the tensor “normalisation”');
  }
  const names = [...stored.keys()].filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  const statistics = new Map(names.map((name) => [name, statisticOf(stored, state, name)] as const));
  return { statistics, normalisation: { mean: triple(mean), std: triple(std) } };
}

function statisticOf(
  stored: ReadonlyMap<string, StoredTensor>,
  state: ReadonlyMap<string, TensorValues>,
  name: string,
): Float32Array<ArrayBuffer> {
  const parameter = state.get(`parameters/${name}`);
  if (parameter === undefined) throw new UnusableFile(`is damaged: the run has no tensor “${name}” for its statistics`);
  const { values } = tensorOf(stored, PREFIX + name, 'F32', parameter.shape);
  if (!values.every(Number.isFinite) || (name.endsWith('.moving_variance') && values.some((value) => value < 0))) {
    throw new UnusableFile(`is damaged: the tensor “${PREFIX}${name}” holds a value that no statistic has`);
  }
  return values;
}

const triple = ([r, g, b]: Float64Array): Normalisation['mean'] => [r, g, b];
