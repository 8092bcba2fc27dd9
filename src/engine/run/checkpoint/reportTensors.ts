import type { RecordedFrames } from '../../../domain/frameRecorder';
import { SERIES_NAMES, type SeriesName } from '../../../domain/measurement';
import { COSINE_BINS, type OutputCloud, type OutputFrame, READINGS, type Reading } from '../../../domain/outputFrame';
import { type StoredTensor, storedTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';
import type { CloudPose } from '../../monitors/outputCloud';
import type { FramePoses } from '../../monitors/outputFrames';
import type { Reported, ReportedSeries } from '../reports';
import { type Tensors, tensorOf } from './storedTensors';

/**
 * What a run has reported, as tensors of a checkpoint's file:
 * - `series/NAME` F64 [2, points]: steps, then values;
 * - `frames/steps`, `frames/numbers` U32 [frames] and `frames/indices` U32 [N], `frames/labels` I16 [N];
 * - for each reading, of the frames that have it: `frames/READING/at` U32 [n], `points` U16 [n, N, 3], `cosines` F32 [n, bins],
 *   `singularValues` F32 [n, values], `numbers` F64 [n, 3] (share, mean cosine, effective rank);
 * - `pose/READING/points` F64 [N, 3], `axes` [size, 3], `directions` [size, count], `eigenvalues` [count].
 */

type Entry = readonly [name: string, tensor: StoredTensor];

const NUMBERS = 3;

function expectRising(name: string, steps: ArrayLike<number>, last: number): void {
  for (let i = 0; i < steps.length; i++) {
    const rises = i === 0 || steps[i] > steps[i - 1];
    if (!rises || !(steps[i] <= last))
      throw new UnusableFile(`is damaged: the steps of “${name}” do not rise to its own`);
  }
}

function seriesEntries({ series }: Reported): Entry[] {
  return [...series].map(([name, { steps, values }]) => {
    const both = new Float64Array(2 * steps.length);
    both.set(steps);
    both.set(values, steps.length);
    return [`series/${name}`, storedTensor('F64', [2, steps.length], both)];
  });
}

/** The series up to step `last`. */
export function readSeries(tensors: Tensors, last: number): Reported['series'] {
  const there = SERIES_NAMES.filter((name) => tensors.has(`series/${name}`));
  return new Map(
    there.map((series): [SeriesName, ReportedSeries] => {
      const name = `series/${series}`;
      const { values: both } = tensorOf(tensors, name, 'F64', [2, null]);
      const steps = both.slice(0, both.length / 2);
      expectRising(name, steps, last);
      return [series, { steps, values: both.slice(both.length / 2) }];
    }),
  );
}

function framesEntries({ images, frames, numbers }: RecordedFrames): Entry[] {
  const { indices, labels } = images;
  const whole = (values: readonly number[]) => storedTensor('U32', [values.length], Uint32Array.from(values));
  return [
    ['frames/steps', whole(frames.map(({ step }) => step))],
    ['frames/numbers', whole(numbers)],
    ['frames/indices', storedTensor('U32', [indices.length], indices)],
    ['frames/labels', storedTensor('I16', [labels.length], labels)],
    ...READINGS.flatMap((reading) => cloudEntries(reading, frames, indices.length)),
  ];
}

function cloudEntries(reading: Reading, frames: readonly OutputFrame[], images: number): Entry[] {
  const at = frames.flatMap((frame, i) => (frame[reading] === null ? [] : i));
  const clouds = frames.flatMap((frame) => frame[reading] ?? []);
  const [first] = clouds;
  if (first === undefined) return [];
  const n = clouds.length;
  const joined = <T extends Uint16Array | Float32Array>(into: T, part: (cloud: OutputCloud) => T): T => {
    clouds.forEach((cloud, i) => into.set(part(cloud), (i * into.length) / n));
    return into;
  };
  const values = first.singularValues.length;
  const numbers = clouds.flatMap(({ share, meanCosine, effectiveRank }) => [share, meanCosine, effectiveRank]);
  const name = `frames/${reading}`;
  return [
    [`${name}/at`, storedTensor('U32', [n], Uint32Array.from(at))],
    [
      `${name}/points`,
      storedTensor(
        'U16',
        [n, images, 3],
        joined(new Uint16Array(n * images * 3), ({ points }) => points),
      ),
    ],
    [
      `${name}/cosines`,
      storedTensor(
        'F32',
        [n, COSINE_BINS],
        joined(new Float32Array(n * COSINE_BINS), ({ cosines }) => cosines),
      ),
    ],
    [
      `${name}/singularValues`,
      storedTensor(
        'F32',
        [n, values],
        joined(new Float32Array(n * values), ({ singularValues }) => singularValues),
      ),
    ],
    [`${name}/numbers`, storedTensor('F64', [n, NUMBERS], Float64Array.from(numbers))],
  ];
}

/** The frames up to step `last`. */
export function readFrames(
  tensors: Tensors,
  last: number,
  { dimensions, came, stride }: Pick<RecordedFrames, 'came' | 'stride'> & Pick<RecordedFrames['images'], 'dimensions'>,
): RecordedFrames {
  const steps = tensorOf(tensors, 'frames/steps', 'U32', [null]).values;
  expectRising('frames/steps', steps, last);
  const numbers = tensorOf(tensors, 'frames/numbers', 'U32', [steps.length]).values;
  expectRising('frames/numbers', numbers, came - 1);
  const indices = tensorOf(tensors, 'frames/indices', 'U32', [null]).values;
  const labels = tensorOf(tensors, 'frames/labels', 'I16', [indices.length]).values;
  const [ofZ, ofP, features] = READINGS.map((reading) => readClouds(tensors, reading, indices.length));
  const frames = Array.from(steps, (step, i): OutputFrame => {
    const [cloudOfZ, cloudOfFeatures] = [ofZ.get(i), features.get(i)];
    if (cloudOfZ === undefined || cloudOfFeatures === undefined) {
      throw new UnusableFile(`is damaged: the frame of step ${step} is incomplete`);
    }
    return { step, z: cloudOfZ, p: ofP.get(i) ?? null, features: cloudOfFeatures };
  });
  return { images: { indices, labels, dimensions }, frames, numbers: [...numbers], came, stride };
}

/** The clouds of a reading by the index of their frame. */
function readClouds(tensors: Tensors, reading: Reading, images: number): ReadonlyMap<number, OutputCloud> {
  const name = `frames/${reading}`;
  if (!tensors.has(`${name}/at`)) return new Map();
  const at = tensorOf(tensors, `${name}/at`, 'U32', [null]).values;
  const n = at.length;
  const points = tensorOf(tensors, `${name}/points`, 'U16', [n, images, 3]).values;
  const cosines = tensorOf(tensors, `${name}/cosines`, 'F32', [n, COSINE_BINS]).values;
  const singularValues = tensorOf(tensors, `${name}/singularValues`, 'F32', [n, null]).values;
  const numbers = tensorOf(tensors, `${name}/numbers`, 'F64', [n, NUMBERS]).values;
  const part = <T extends Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(all: T, i: number) =>
    all.slice((i * all.length) / n, ((i + 1) * all.length) / n) as T;
  return new Map(
    Array.from(at, (frame, i): [number, OutputCloud] => {
      const [share, meanCosine, effectiveRank] = numbers.subarray(i * NUMBERS, (i + 1) * NUMBERS);
      const arrays = {
        points: part(points, i),
        cosines: part(cosines, i),
        singularValues: part(singularValues, i),
      };
      return [frame, { ...arrays, share, meanCosine, effectiveRank }];
    }),
  );
}

function poseEntries(poses: FramePoses): Entry[] {
  return [...poses].flatMap(([reading, pose]): Entry[] => {
    if (pose === null) return [];
    const { points, axes, leading } = pose;
    const { directions, eigenvalues, count } = leading;
    const rows = (values: Float64Array, columns: number) =>
      storedTensor('F64', [values.length / columns, columns], values);
    const name = `pose/${reading}`;
    return [
      [`${name}/points`, rows(points, 3)],
      [`${name}/axes`, rows(axes, 3)],
      [`${name}/directions`, rows(directions, count)],
      [`${name}/eigenvalues`, storedTensor('F64', [count], eigenvalues)],
    ];
  });
}

export function readPoses(tensors: Tensors): FramePoses {
  const there = READINGS.filter((reading) => tensors.has(`pose/${reading}/points`));
  return new Map(
    there.map((reading): [Reading, CloudPose] => {
      const name = `pose/${reading}`;
      const points = tensorOf(tensors, `${name}/points`, 'F64', [null, 3]).values;
      const { values: axes, shape } = tensorOf(tensors, `${name}/axes`, 'F64', [null, 3]);
      const eigenvalues = tensorOf(tensors, `${name}/eigenvalues`, 'F64', [null]).values;
      const count = eigenvalues.length;
      const directions = tensorOf(tensors, `${name}/directions`, 'F64', [shape[0], count]).values;
      return [reading, { points, axes, leading: { count, directions, eigenvalues } }];
    }),
  );
}

export function reportEntries(reported: Reported, poses: FramePoses): Entry[] {
  const frames = reported.frames === null ? [] : framesEntries(reported.frames);
  return [...seriesEntries(reported), ...frames, ...poseEntries(poses)];
}
