import { type DatasetInfo, NO_LABEL } from '../../../domain/imageDataset';
import type { FrameTrack, OutputCloud, OutputFrame, Reading } from '../../../domain/outputFrame';
import { READINGS } from '../../../domain/outputFrame';
import { type Cell, csvOf } from '../../../formats/csv';
import { npyHeader } from '../../../formats/npy';
import type { ZipFile } from '../../../formats/zip/writeZip';
import { ENTRIES } from './projectFile';

/** NaN in half precision: what a frame without a reading is filled with. */
const MISSING = 0x7e00;
/** Numbers of a cloud beside its points. */
const NUMBERS = ['share', 'meanCosine', 'effectiveRank'] as const;

/**
 * The outputs as the picture shows them: `READING.npy` float16 [frames, images, 3] for z, p and features, points of the unit sphere;
 * `frames.csv` and `images.csv` say what the rows of its first and its second axis are.
 */
export function* frameFiles({ images, frames }: FrameTrack, dataset: DatasetInfo): Generator<ZipFile> {
  const readings = READINGS.filter((reading) => frames.some((frame) => frame[reading] !== null));
  for (const reading of readings) {
    yield { path: `${ENTRIES.frames}${reading}.npy`, content: pointsNpy(frames, reading, images.indices.length) };
  }
  yield csv('frames.csv', [
    ['step', ...readings.flatMap((reading) => NUMBERS.map((name) => `${reading} ${name}`))],
    ...frames.map((frame): Cell[] => [frame.step, ...readings.flatMap((reading) => numbersOf(frame[reading]))]),
  ]);
  const classOf = (label: number) => (label === NO_LABEL ? undefined : dataset.classNames[label]);
  yield csv('images.csv', [
    ['index', 'path', 'class'],
    ...Array.from(images.indices, (index, i): Cell[] => [index, dataset.names[index], classOf(images.labels[i])]),
  ]);
}

function* pointsNpy(frames: readonly OutputFrame[], reading: Reading, images: number): Generator<Uint8Array> {
  yield npyHeader([frames.length, images, 3], '<f2');
  for (const frame of frames) {
    const points = frame[reading]?.points ?? new Uint16Array(3 * images).fill(MISSING);
    yield new Uint8Array(points.buffer, points.byteOffset, points.byteLength);
  }
}

const numbersOf = (cloud: OutputCloud | null): Cell[] => NUMBERS.map((name) => cloud?.[name]);

function csv(name: string, rows: readonly (readonly Cell[])[]): ZipFile {
  return { path: `${ENTRIES.frames}${name}`, content: new TextEncoder().encode(csvOf(rows, { exact: true })) };
}
