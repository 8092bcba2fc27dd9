import type * as tf from '@tensorflow/tfjs';
import { defineProgram, type KernelProgram, runProgram } from '../runtime/program';
import { broadcastCode, currentDevice, laneCode, lanesOf, withSubgroups } from '../runtime/subgroups';
import { type ConvGeometry, isFlat } from './geometry';
import type { ConvVariant } from './variants';

/**
 * The program behind the forward convolution and the input gradient. Both are sums over taps:
 *
 *   target[n, row, col, :] = sum over (kh, kw) of source[n, sourceRow, sourceCol, :] weights[kh, kw, :, :]
 *
 * A thread owns a strip of `strip` neighbouring pixels of one target row and `block` channels of each. For every kernel row and source
 * channel it loads the source columns once and uses them for all kw, pixels and channels: the number of multiply-adds per load decides the
 * speed, above all in software adapters. All threads of a workgroup work on the same channels, so they read the same weights: an adapter
 * may recognise that by itself ('strip'), or a subgroup loads each weight once and broadcasts it ('broadcast'). The program uses no
 * barriers and no workgroup memory.
 */
interface StripVariant {
  /** 'forward': source pixel = target pixel * stride; 'transposed' (the input gradient): target pixel = source pixel * stride. */
  readonly direction: 'forward' | 'transposed';
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pad: number;
  /** Target pixels per thread; a multiple of the stride when transposed. */
  readonly strip: number;
  /** Target channels per thread; a multiple of 4. */
  readonly block: number;
  /** Whether the target channels are divisible by 4, so that they can be read and written as vectors. */
  readonly vectorTarget: boolean;
  /** Threads of a subgroup that loads weights once for all of them; 0 where each thread loads its own. */
  readonly lanes: number;
}

type StripProgram = KernelProgram<
  'source' | 'weights',
  'goal',
  | 'strips'
  | 'stripsPerRow'
  | 'rowsPerResidue'
  | 'sourceHeight'
  | 'sourceWidth'
  | 'sourceChannels'
  | 'targetHeight'
  | 'targetWidth'
  | 'targetChannels'
  | 'kernelHeight'
>;

const STRIP_WORKGROUP = 64;

interface Tap {
  readonly pixel: number;
  readonly kw: number;
  /** Source column, counted from the strip's first. */
  readonly column: number;
}

/** The source column that each pixel of the strip meets at each kernel column; known when the WGSL is generated. */
function tapsOf({ direction, kernelWidth, stride, pad, strip }: StripVariant): Tap[] {
  const taps: Tap[] = [];
  for (let pixel = 0; pixel < strip; pixel++) {
    for (let kw = 0; kw < kernelWidth; kw++) {
      const shifted = direction === 'forward' ? pixel * stride + kw - pad : pixel + pad - kw;
      if (direction === 'forward') taps.push({ pixel, kw, column: shifted });
      else if (shifted % stride === 0) taps.push({ pixel, kw, column: shifted / stride });
    }
  }
  return taps;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function code(variant: StripVariant): string {
  const { direction, kernelWidth, stride, pad, strip, block, vectorTarget, lanes } = variant;
  const forward = direction === 'forward';
  const taps = tapsOf(variant);
  const columns = [...new Set(taps.map((tap) => tap.column))].sort((a, b) => a - b);
  const name = (column: number) => `${column < 0 ? 'm' : 'p'}${Math.abs(column)}`;
  const quads = block / 4;

  const accumulators = range(strip).flatMap((p) => range(quads).map((q) => `  var a${p}_${q} = vec4<f32>();`));
  const columnSetup = columns.map(
    (c) => `  let col_${name(c)} = firstColumn + ${c};
  let ok_${name(c)} = col_${name(c)} >= 0 && col_${name(c)} < uniforms.sourceWidth;
  let at_${name(c)} = clamp(col_${name(c)}, 0, uniforms.sourceWidth - 1) * uniforms.sourceChannels;`,
  );
  const loads = columns.map(
    (c) => `      let s_${name(c)} = select(0.0, source[rowBase + at_${name(c)} + ci], rowOk && ok_${name(c)});`,
  );
  // Reads past the last channel of the last tap stay inside the buffer (WebGPU guarantees that), and their results are not stored.
  const weightQuad = (offset: string, q: number) =>
    vectorTarget
      ? `weights[${offset} + ${q}]`
      : `vec4<f32>(${range(4)
          .map((i) => `weights[${offset} + ${4 * q + i}]`)
          .join(', ')})`;
  // The kernel is not transposed: for the gradient the target channels are its third axis, which does not slow down a load by lanes.
  const laneWeight = (kw: number, index: string) => {
    const tap = `(kh * ${kernelWidth} + ${kw})`;
    return forward
      ? `weights[(${tap} * uniforms.sourceChannels + ci) * uniforms.targetChannels + channel + ${index}]`
      : `weights[(${tap} * uniforms.targetChannels + channel + ${index}) * uniforms.sourceChannels + ci]`;
  };
  const multiplies = range(kernelWidth).flatMap((kw) => {
    const used = taps.filter((tap) => tap.kw === kw);
    if (used.length === 0) return [];
    const weights =
      lanes > 0
        ? broadcastCode(`w${kw}_`, block, lanes, '      ', (index) => laneWeight(kw, index))
        : range(quads).map((q) => `      let w${kw}_${q} = ${weightQuad(`weightBase + kw${kw}`, q)};`);
    const sums = range(quads).flatMap((q) =>
      used.map((tap) => `      a${tap.pixel}_${q} += s_${name(tap.column)} * w${kw}_${q};`),
    );
    return [...weights, ...sums];
  });
  const stores = range(strip).flatMap((p) =>
    range(quads).map(
      (q) =>
        `  if (firstPixel + ${p} < uniforms.targetWidth) { store(pixelBase + ${p}, channel + ${4 * q}, a${p}_${q}); }`,
    ),
  );
  const store = vectorTarget
    ? `fn store(pixel : i32, channel : i32, value : vec4<f32>) {
  if (channel < uniforms.targetChannels) { goal[(pixel * uniforms.targetChannels + channel) / 4] = value; }
}`
    : `fn store(pixel : i32, channel : i32, value : vec4<f32>) {
  for (var i = 0; i < 4; i++) {
    if (channel + i < uniforms.targetChannels) { goal[pixel * uniforms.targetChannels + channel + i] = value[i]; }
  }
}`;
  // With a stride, only every stride-th kernel row meets a target row of the gradient. The rows of one residue modulo the stride share a
  // layer of the dispatch, so that the threads of a workgroup loop over the same kernel rows.
  const rows = forward
    ? { target: 'rowOfResidue', start: '0', step: 1, source: `row * ${stride} - ${pad} + kh` }
    : {
        target: `rowOfResidue * ${stride} + residue`,
        start: `(residue + ${pad}) % ${stride}`,
        step: stride,
        source: `(row + ${pad} - kh) / ${stride}`,
      };
  const firstColumn = direction === 'forward' ? `firstPixel * ${stride}` : `firstPixel / ${stride}`;

  const threads = workgroupOf(variant);
  // A broadcast needs all lanes: those past the last strip repeat its work and store nothing.
  const stripIndex =
    lanes > 0
      ? `${laneCode(lanes)}
  let stripIndex = min(i32(group.x * ${threads}u + local.x), uniforms.strips - 1);
  let counts = i32(group.x * ${threads}u + local.x) < uniforms.strips;`
      : `  let stripIndex = i32(group.x * ${threads}u + local.x);
  if (stripIndex >= uniforms.strips) { return; }
  let counts = true;`;

  return `
${store}
fn run(group : vec3<u32>, local : vec3<u32>) {
${stripIndex}
  let channel = i32(group.y) * ${block};
  let residue = i32(group.z);
  let line = stripIndex / uniforms.stripsPerRow;
  let firstPixel = (stripIndex - line * uniforms.stripsPerRow) * ${strip};
  let image = line / uniforms.rowsPerResidue;
  let rowOfResidue = line - image * uniforms.rowsPerResidue;
  let row = ${rows.target};
  let firstColumn = ${firstColumn};
${
  lanes > 0
    ? ''
    : `  let targetStep = uniforms.targetChannels / ${vectorTarget ? 4 : 1};
  let firstWeight = channel / ${vectorTarget ? 4 : 1};
${range(kernelWidth)
  .map((kw) => `  let kw${kw} = ${kw} * uniforms.sourceChannels * targetStep;`)
  .join('\n')}`
}
${columnSetup.join('\n')}
${accumulators.join('\n')}
  for (var kh = ${rows.start}; kh < uniforms.kernelHeight; kh += ${rows.step}) {
    let sourceRow = ${rows.source};
    let rowOk = sourceRow >= 0 && sourceRow < uniforms.sourceHeight;
    let rowBase = (image * uniforms.sourceHeight + clamp(sourceRow, 0, uniforms.sourceHeight - 1)) * uniforms.sourceWidth * uniforms.sourceChannels;
    for (var ci = 0; ci < uniforms.sourceChannels; ci++) {
${lanes > 0 ? '' : `      let weightBase = (kh * ${kernelWidth} * uniforms.sourceChannels + ci) * targetStep + firstWeight;`}
${loads.join('\n')}
${multiplies.join('\n')}
    }
  }
  if (!counts || row >= uniforms.targetHeight) { return; }
  let pixelBase = (image * uniforms.targetHeight + row) * uniforms.targetWidth + firstPixel;
${stores.join('\n')}
}`;
}

function workgroupOf({ lanes }: StripVariant): number {
  return lanes > 0 ? lanes : STRIP_WORKGROUP;
}

const programs = new Map<string, StripProgram>();

/** The program of a variant, generated once. */
function stripProgram(variant: StripVariant): StripProgram {
  const { direction, kernelWidth, stride, pad, strip, block, vectorTarget, lanes } = variant;
  const key = [direction, kernelWidth, stride, pad, strip, block, vectorTarget, lanes].join();
  let program = programs.get(key);
  if (program === undefined) {
    program = defineProgram({
      name: `conv2d ${direction} ${key}`,
      inputs: { source: 'f32', weights: vectorTarget && lanes === 0 ? 'vec4<f32>' : 'f32' },
      outputs: { goal: vectorTarget ? 'vec4<f32>' : 'f32' },
      uniforms: {
        strips: 'i32',
        stripsPerRow: 'i32',
        rowsPerResidue: 'i32',
        sourceHeight: 'i32',
        sourceWidth: 'i32',
        sourceChannels: 'i32',
        targetHeight: 'i32',
        targetWidth: 'i32',
        targetChannels: 'i32',
        kernelHeight: 'i32',
      },
      workgroupSize: [workgroupOf(variant), 1, 1],
      entry: 'workgroups',
      code: code(variant),
    });
    if (lanes > 0) program = withSubgroups(program);
    programs.set(key, program);
  }
  return program;
}

interface Side {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface StripRun {
  readonly direction: StripVariant['direction'];
  readonly geometry: ConvGeometry;
  readonly source: Side & { readonly data: tf.Tensor };
  /** 'strip': [kh, kw, source channels, target channels]; 'broadcast': the kernel, not transposed, in both directions. */
  readonly weights: tf.Tensor;
  readonly target: Side & { readonly shape: readonly [number, number, number, number] };
}

/** Fewer pixels per thread where the target has too few for all lanes of a subgroup. */
function fewer(rows: number, pixels: number, lanes: number): number {
  let strip = rows;
  while (strip > 1 && strip / 2 >= pixels / Math.max(1, lanes)) strip /= 2;
  return strip;
}

/** Computes the target of a forward convolution or of an input gradient. */
export function runStrips(
  { direction, geometry, source, weights, target }: StripRun,
  variant: ConvVariant,
): tf.Tensor4D {
  const { kernelHeight, kernelWidth, stride, pad, batch } = geometry;
  // A flat convolution (1 x 1, stride 1) does not depend on rows: as one long row, it has at most one strip that is partly empty.
  const flat = isFlat(geometry);
  const images = flat ? 1 : batch;
  const flatten = (side: Side): Side => (flat ? { ...side, height: 1, width: batch * side.height * side.width } : side);
  const from = flatten(source);
  const to = flatten(target);
  const lanes = variant.scheme === 'broadcast' ? lanesOf(currentDevice()) : 0;
  const pixels = flat ? fewer(variant.rows, to.width, lanes) : Math.min(variant.rows, to.width > 4 ? 8 : 4);
  const residues = direction === 'forward' ? 1 : stride;
  const strip = Math.ceil(pixels / residues) * residues;
  const vectorTarget = target.channels % 4 === 0;
  const block = vectorTarget || lanes > 0 ? variant.columns : 4;
  const program = stripProgram({ direction, kernelWidth, stride, pad, strip, block, vectorTarget, lanes });
  const stripsPerRow = Math.ceil(to.width / strip);
  const rowsPerResidue = Math.ceil(to.height / residues);
  const strips = images * rowsPerResidue * stripsPerRow;
  const { goal } = runProgram(program, {
    inputs: { source: source.data, weights },
    outputs: { goal: target.shape },
    uniforms: {
      strips,
      stripsPerRow,
      rowsPerResidue,
      sourceHeight: from.height,
      sourceWidth: from.width,
      sourceChannels: from.channels,
      targetHeight: to.height,
      targetWidth: to.width,
      targetChannels: to.channels,
      kernelHeight,
    },
    size: [Math.ceil(strips / program.workgroupSize[0]), Math.ceil(to.channels / block), residues],
  });
  return goal as tf.Tensor4D;
}
