import type * as tf from '@tensorflow/tfjs';
import { defineProgram, type KernelProgram, runProgram } from '../program';
import type { ConvGeometry } from './geometry';

/**
 * The program behind the forward convolution and the input gradient. Both are sums over taps:
 *
 *   target[n, row, col, :] = sum over (kh, kw) of source[n, sourceRow, sourceCol, :] weights[kh, kw, :, :]
 *
 * A thread owns a strip of `strip` neighbouring pixels of one target row and `block` channels of each. For every kernel row and
 * source channel it loads the source columns once and uses them for all kw, pixels and channels: what decides the speed,
 * in software adapters above all, is how many multiply-adds follow each load. A workgroup shares its channels and the weights' address
 * is the same for all its threads, so that weights are read once, not once a thread. No barriers, no workgroup memory.
 */
interface StripVariant {
  /** 'forward': a target pixel lies at source pixel * stride; 'transposed' (the input gradient): the other way round. */
  readonly direction: 'forward' | 'transposed';
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pad: number;
  /** Target pixels a thread; a multiple of the stride when transposed. */
  readonly strip: number;
  /** Target channels a thread; a multiple of 4. */
  readonly block: number;
  /** Whether the target channels are divisible by 4, so that they can be read and written as vectors. */
  readonly vectorTarget: boolean;
}

type StripProgram = KernelProgram<
  'source' | 'weights',
  'goal',
  | 'strips'
  | 'stripsPerRow'
  | 'images'
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

/** Which source column each pixel of the strip meets under each kernel column. Known when the program is written. */
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
  const { direction, kernelWidth, stride, pad, strip, block, vectorTarget } = variant;
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
  // Reads past the last channel of the last tap stay inside the buffer (WebGPU sees to that), and their results are not stored.
  const weightQuad = (offset: string, q: number) =>
    vectorTarget
      ? `weights[${offset} + ${q}]`
      : `vec4<f32>(${range(4)
          .map((i) => `weights[${offset} + ${4 * q + i}]`)
          .join(', ')})`;
  const multiplies = range(kernelWidth).flatMap((kw) => {
    const used = taps.filter((tap) => tap.kw === kw);
    if (used.length === 0) return [];
    return range(quads).flatMap((q) => [
      `      let w${kw}_${q} = ${weightQuad(`weightBase + kw${kw}`, q)};`,
      ...used.map((tap) => `      a${tap.pixel}_${q} += s_${name(tap.column)} * w${kw}_${q};`),
    ]);
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
  // Under a stride only every stride-th kernel row meets a target row of the gradient. Rows of one residue are neighbours among the
  // strips, so that the threads of a workgroup go through the same kernel rows.
  const rows =
    direction === 'forward'
      ? { target: 'rowIndex', start: '0', step: 1, source: `row * ${stride} - ${pad} + kh` }
      : {
          target: `(rowIndex % rowsPerResidue) * ${stride} + rowIndex / rowsPerResidue`,
          start: `(row + ${pad}) % ${stride}`,
          step: stride,
          source: `(row + ${pad} - kh) / ${stride}`,
        };
  const firstColumn = direction === 'forward' ? `firstPixel * ${stride}` : `firstPixel / ${stride}`;

  return `
${store}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let stripIndex = i32(group.x * ${STRIP_WORKGROUP}u + local.x);
  if (stripIndex >= uniforms.strips) { return; }
  let channel = i32(group.y) * ${block};
  let line = stripIndex / uniforms.stripsPerRow;
  let firstPixel = (stripIndex - line * uniforms.stripsPerRow) * ${strip};
  let rowIndex = line / uniforms.images;
  let image = line - rowIndex * uniforms.images;
  let rowsPerResidue = (uniforms.targetHeight + ${rows.step - 1}) / ${rows.step};
  let row = ${rows.target};
  if (row >= uniforms.targetHeight) { return; }
  let firstColumn = ${firstColumn};
  let targetStep = uniforms.targetChannels / ${vectorTarget ? 4 : 1};
  let firstWeight = channel / ${vectorTarget ? 4 : 1};
${columnSetup.join('\n')}
${range(kernelWidth)
  .map((kw) => `  let kw${kw} = ${kw} * uniforms.sourceChannels * targetStep;`)
  .join('\n')}
${accumulators.join('\n')}
  for (var kh = ${rows.start}; kh < uniforms.kernelHeight; kh += ${rows.step}) {
    let sourceRow = ${rows.source};
    let rowOk = sourceRow >= 0 && sourceRow < uniforms.sourceHeight;
    let rowBase = (image * uniforms.sourceHeight + clamp(sourceRow, 0, uniforms.sourceHeight - 1)) * uniforms.sourceWidth * uniforms.sourceChannels;
    for (var ci = 0; ci < uniforms.sourceChannels; ci++) {
      let weightBase = (kh * ${kernelWidth} * uniforms.sourceChannels + ci) * targetStep + firstWeight;
${loads.join('\n')}
${multiplies.join('\n')}
    }
  }
  let pixelBase = (image * uniforms.targetHeight + row) * uniforms.targetWidth + firstPixel;
${stores.join('\n')}
}`;
}

const programs = new Map<string, StripProgram>();

/** The program of a variant, written once. */
function stripProgram(variant: StripVariant): StripProgram {
  const { direction, kernelWidth, stride, pad, strip, block, vectorTarget } = variant;
  const key = [direction, kernelWidth, stride, pad, strip, block, vectorTarget].join();
  let program = programs.get(key);
  if (program === undefined) {
    program = defineProgram({
      name: `conv2d ${direction} ${key}`,
      inputs: { source: 'f32', weights: vectorTarget ? 'vec4<f32>' : 'f32' },
      outputs: { goal: vectorTarget ? 'vec4<f32>' : 'f32' },
      uniforms: {
        strips: 'i32',
        stripsPerRow: 'i32',
        images: 'i32',
        sourceHeight: 'i32',
        sourceWidth: 'i32',
        sourceChannels: 'i32',
        targetHeight: 'i32',
        targetWidth: 'i32',
        targetChannels: 'i32',
        kernelHeight: 'i32',
      },
      workgroupSize: [STRIP_WORKGROUP, 1, 1],
      entry: 'workgroups',
      code: code(variant),
    });
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
  /** [kh, kw, source channels, target channels] */
  readonly weights: tf.Tensor;
  readonly target: Side & { readonly shape: readonly [number, number, number, number] };
}

/** Computes the target of a forward convolution or of an input gradient. */
export function runStrips({ direction, geometry, source, weights, target }: StripRun): tf.Tensor4D {
  const { kernelHeight, kernelWidth, stride, pad, batch } = geometry;
  // A 1 x 1 kernel at stride 1 knows no rows: one long row leaves no strip half empty.
  const flat = kernelHeight === 1 && kernelWidth === 1 && stride === 1 && pad === 0;
  const images = flat ? 1 : batch;
  const flatten = (side: Side): Side => (flat ? { ...side, height: 1, width: batch * side.height * side.width } : side);
  const from = flatten(source);
  const to = flatten(target);
  // 8 x 8 was the fastest or near it on both software adapters. Larger tiles, and more kinds of them, take seconds to compile there.
  const pixels = to.width > 4 ? 8 : 4;
  const strip = direction === 'forward' ? pixels : Math.ceil(pixels / stride) * stride;
  const vectorTarget = target.channels % 4 === 0;
  const block = vectorTarget ? 8 : 4;
  const program = stripProgram({
    direction,
    kernelWidth,
    stride,
    pad,
    strip,
    block,
    vectorTarget,
  });
  const stripsPerRow = Math.ceil(to.width / strip);
  // The gradient counts as many rows for each residue of the stride.
  const rows = direction === 'forward' ? to.height : Math.ceil(to.height / stride) * stride;
  const strips = images * rows * stripsPerRow;
  const { goal } = runProgram(program, {
    inputs: { source: source.data, weights },
    outputs: { goal: target.shape },
    uniforms: {
      strips,
      stripsPerRow,
      images,
      sourceHeight: from.height,
      sourceWidth: from.width,
      sourceChannels: from.channels,
      targetHeight: to.height,
      targetWidth: to.width,
      targetChannels: to.channels,
      kernelHeight,
    },
    size: [Math.ceil(strips / STRIP_WORKGROUP), Math.ceil(to.channels / block), 1],
  });
  return goal as tf.Tensor4D;
}
