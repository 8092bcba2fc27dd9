import type { Precision } from '../../../domain/runConfig';
import { lanesOf } from '../runtime/subgroups';
import type { ConvGeometry } from './geometry';

/** The three matrix products of training a convolution; a linear layer has the same at 1 x 1 pixels. */
export const CONV_PASSES = ['forward', 'inputGradient', 'filterGradient'] as const;
export type ConvPass = (typeof CONV_PASSES)[number];

/**
 * How a pass is computed. Which is fastest depends on the adapter and the shape, so it is measured (`tuneConvolutions`).
 * - strip: a thread owns `rows` x `columns` results in registers and loads all its operands itself;
 * - broadcast: the same, but operands that all threads of a subgroup need are loaded once, one value per lane, and broadcast;
 * - tile: a workgroup owns a larger tile and keeps its operands in workgroup memory.
 */
export interface ConvVariant {
  readonly scheme: 'strip' | 'broadcast' | 'tile';
  /** Results of a thread: target pixels (input channels in the filter gradient) x target channels (output channels). */
  readonly rows: number;
  readonly columns: number;
  /** Threads of a workgroup of 'tile' along the columns; the rest of its 256 are along the rows. */
  readonly columnThreads?: 4 | 8 | 16;
  /** Only for 'tile': the operands in workgroup memory are f16, which halves their size; products and sums are f32. */
  readonly half?: true;
}

/** Threads of a workgroup of 'tile': the most that every WebGPU device allows. */
export const TILE_THREADS = 256;

export function nameOf({ scheme, rows, columns, columnThreads, half }: ConvVariant): string {
  if (columnThreads === undefined) return `${scheme} ${rows}x${columns}`;
  return `${scheme} ${rows * (TILE_THREADS / columnThreads)}x${columns * columnThreads}${half ? ' f16' : ''}`;
}

const TILES: readonly ConvVariant[] = [
  { scheme: 'tile', rows: 4, columns: 4, columnThreads: 16 },
  { scheme: 'tile', rows: 8, columns: 8, columnThreads: 16 },
  { scheme: 'tile', rows: 4, columns: 4, columnThreads: 8 },
  { scheme: 'tile', rows: 4, columns: 4, columnThreads: 4 },
];

/** Variants that are fastest for some adapter or shape, the likeliest of each scheme first. Trying more would take longer than it saves. */
const STRIPS: readonly ConvVariant[] = [
  { scheme: 'strip', rows: 8, columns: 8 },
  { scheme: 'strip', rows: 4, columns: 8 },
];
const BROADCASTS: readonly ConvVariant[] = [
  { scheme: 'broadcast', rows: 4, columns: 16 },
  { scheme: 'broadcast', rows: 8, columns: 16 },
  { scheme: 'broadcast', rows: 8, columns: 8 },
];
const FILTER_STRIPS: readonly ConvVariant[] = [{ scheme: 'strip', rows: 4, columns: 8 }];
const FILTER_BROADCASTS: readonly ConvVariant[] = [
  { scheme: 'broadcast', rows: 2, columns: 16 },
  { scheme: 'broadcast', rows: 4, columns: 8 },
  { scheme: 'broadcast', rows: 1, columns: 16 },
];

const HALF_TILES: readonly ConvVariant[] = TILES.map((variant) => ({ ...variant, half: true }));

/**
 * All variants of a pass that a device can run; the first is used where nothing was measured.
 * @param precision 'f16' adds those that round their operands, on devices with 'shader-f16'
 */
export function variantsOf(pass: ConvPass, device: GPUDevice, precision: Precision = 'f32'): readonly ConvVariant[] {
  const filter = pass === 'filterGradient';
  const broadcasts = lanesOf(device) > 0 ? (filter ? FILTER_BROADCASTS : BROADCASTS) : [];
  const halves = precision === 'f16' && device.features.has('shader-f16') ? HALF_TILES : [];
  return [...broadcasts, ...(filter ? FILTER_STRIPS : STRIPS), ...TILES, ...halves];
}

/** The next power of two: sizes that behave alike are one class. */
function rounded(size: number): number {
  return 2 ** Math.ceil(Math.log2(size));
}

function channelClass(channels: number): string {
  return `${rounded(channels)}${channels % 4 === 0 ? 'v' : ''}`;
}

/**
 * Shapes of one class are assumed to have the same fastest variant. The class names kernel, stride, channels, row length and number of
 * pixels.
 */
export function shapeClass(pass: ConvPass, g: ConvGeometry): string {
  const pixels = 4 ** Math.ceil(Math.log2(g.batch * g.outHeight * g.outWidth) / 2);
  const width = Math.min(16, rounded(g.outWidth));
  const channels = `${channelClass(g.inChannels)}>${channelClass(g.outChannels)}`;
  return `${pass} ${g.kernelHeight}x${g.kernelWidth}/${g.stride} ${channels} w${width} n${pixels}`;
}
