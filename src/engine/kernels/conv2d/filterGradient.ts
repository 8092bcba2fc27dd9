import * as tf from '@tensorflow/tfjs';
import { defineProgram, isWebGpu, type KernelProgram, runProgram } from '../program';
import { type ConvGeometry, convGeometry, kernelShapeOf, type Shape4D } from './geometry';

/** Gradient of `conv2dForward` in the kernel, from x [N, H, W, Cin] and dy [N, H', W', Cout] -> [kh, kw, Cin, Cout]. */
export function conv2dFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  kernelShape: Shape4D,
  stride: number,
  pad: number,
): tf.Tensor4D {
  const geometry = convGeometry(x.shape, kernelShape, stride, pad);
  return isWebGpu() ? filterGradientOnGpu(x, dy, geometry) : conv2dFilterGradientPlain(x, dy, kernelShape, stride, pad);
}

interface Variant {
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pad: number;
  /** Output channels a thread; a multiple of 4. */
  readonly block: number;
  readonly vectorIn: boolean;
  readonly vectorOut: boolean;
}

type FilterProgram = KernelProgram<
  'x' | 'dy',
  'partial',
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outHeight'
  | 'outWidth'
  | 'outChannels'
  | 'kernelHeight'
  | 'lines'
  | 'linesPerChunk'
  | 'blocks'
>;

const programs = new Map<string, FilterProgram>();

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/**
 * A thread owns one kernel row, four input channels and `block` output channels, all kernel columns. Along a row of dy it slides a window
 * of `kernelWidth` columns of x, so that each pixel costs `stride` loads of x and block/4 of dy for 4 x kernelWidth x block
 * multiply-adds. The rows of all images are dealt out to chunks, each of which writes a sum of its own; `sumProgram` adds
 * them in a fixed order, so that the result is the same every time.
 */
function filterProgram(variant: Variant): FilterProgram {
  const key = Object.values(variant).join();
  const known = programs.get(key);
  if (known !== undefined) return known;
  const { kernelWidth, stride, pad, block, vectorIn, vectorOut } = variant;
  const quads = range(block / 4);
  const columns = range(kernelWidth);
  const four = range(4);

  const xAt = vectorIn
    ? `fn xAt(pixel : i32, channel : i32) -> vec4<f32> { return x[(pixel * uniforms.inChannels + channel) / 4]; }`
    : `fn xAt(pixel : i32, channel : i32) -> vec4<f32> {
  let at = pixel * uniforms.inChannels + channel;
  return vec4<f32>(x[at], x[at + 1], x[at + 2], x[at + 3]);
}`;
  const dyAt = (q: number) =>
    vectorOut ? `dy[dyBase + ${q}]` : `vec4<f32>(${four.map((i) => `dy[dyBase + ${4 * q + i}]`).join(', ')})`;
  const load = (column: string) =>
    `select(vec4<f32>(), xAt(xRow + clamp(${column}, 0, uniforms.inWidth - 1), channel), ${column} >= 0 && ${column} < uniforms.inWidth)`;
  // Columns that stay in the window when it moves on by the stride, and those that come in.
  const kept = columns.filter((kw) => kw + stride < kernelWidth);
  const fresh = columns.filter((kw) => kw + stride >= kernelWidth);
  const multiply = columns.flatMap((kw) =>
    four.flatMap((i) => quads.map((q) => `        a${kw}_${i}_${q} += c${kw}[${i}] * d${q};`)),
  );
  // Accumulators of channels past the last hold the products of whatever was read there, and are not stored.
  const stores = columns.flatMap((kw) =>
    four.flatMap((i) =>
      quads.map((q) => `  store(${kw}, ${i}, ${4 * q}, chunk, kh, channel, outChannel, a${kw}_${i}_${q});`),
    ),
  );
  const store = `fn store(kw : i32, i : i32, j : i32, chunk : i32, kh : i32, channel : i32, outChannel : i32, value : vec4<f32>) {
  if (channel + i >= uniforms.inChannels || outChannel + j >= uniforms.outChannels) { return; }
  let at = (((chunk * uniforms.kernelHeight + kh) * ${kernelWidth} + kw) * uniforms.inChannels + channel + i) * uniforms.outChannels + outChannel + j;
  ${
    vectorOut
      ? 'partial[at / 4] = value;'
      : 'for (var k = 0; k < min(4, uniforms.outChannels - outChannel - j); k++) { partial[at + k] = value[k]; }'
  }
}`;

  const program: FilterProgram = defineProgram({
    name: `conv2d filter gradient ${key}`,
    inputs: { x: vectorIn ? 'vec4<f32>' : 'f32', dy: vectorOut ? 'vec4<f32>' : 'f32' },
    outputs: { partial: vectorOut ? 'vec4<f32>' : 'f32' },
    uniforms: {
      inHeight: 'i32',
      inWidth: 'i32',
      inChannels: 'i32',
      outHeight: 'i32',
      outWidth: 'i32',
      outChannels: 'i32',
      kernelHeight: 'i32',
      lines: 'i32',
      linesPerChunk: 'i32',
      blocks: 'i32',
    },
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `
${xAt}
${store}
fn run(index : i32) {
  let inQuads = (uniforms.inChannels + 3) / 4;
  var rest = index / inQuads;
  let channel = (index - rest * inQuads) * 4;
  let kh = rest % uniforms.kernelHeight;
  rest = rest / uniforms.kernelHeight;
  let outChannel = (rest % uniforms.blocks) * ${block};
  let chunk = rest / uniforms.blocks;
  let dyStep = uniforms.outChannels / ${vectorOut ? 4 : 1};
${columns.flatMap((kw) => four.flatMap((i) => quads.map((q) => `  var a${kw}_${i}_${q} = vec4<f32>();`))).join('\n')}
  let lastLine = min(uniforms.lines, (chunk + 1) * uniforms.linesPerChunk);
  for (var line = chunk * uniforms.linesPerChunk; line < lastLine; line++) {
    let image = line / uniforms.outHeight;
    let inRow = (line - image * uniforms.outHeight) * ${stride} - ${pad} + kh;
    if (inRow >= 0 && inRow < uniforms.inHeight) {
      let xRow = (image * uniforms.inHeight + inRow) * uniforms.inWidth;
      var dyBase = line * uniforms.outWidth * dyStep + outChannel / ${vectorOut ? 4 : 1};
      var column = -${pad};
${columns.map((kw) => `      var c${kw} = ${kept.includes(kw - stride) ? load(`(column + ${kw - stride})`) : 'vec4<f32>()'};`).join('\n')}
      for (var ow = 0; ow < uniforms.outWidth; ow++) {
${kept.map((kw) => `        c${kw} = c${kw + stride};`).join('\n')}
${fresh.map((kw) => `        c${kw} = ${load(`(column + ${kw})`)};`).join('\n')}
${quads.map((q) => `        let d${q} = ${dyAt(q)};`).join('\n')}
${multiply.join('\n')}
        column += ${stride};
        dyBase += dyStep;
      }
    }
  }
${stores.join('\n')}
}`,
  });
  programs.set(key, program);
  return program;
}

const sumProgram = defineProgram({
  name: 'conv2d filter gradient sum',
  inputs: { partial: 'f32' },
  outputs: { sum: 'f32' },
  uniforms: { chunks: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(index : i32) {
  var total = 0.0;
  for (var chunk = 0; chunk < uniforms.chunks; chunk++) { total += partial[chunk * uniforms.threads + index]; }
  sum[index] = total;
}`,
});

/** Threads that keep an adapter busy. More cost memory and a longer second pass. */
const WANTED_THREADS = 4096;

/** Lines of pixels among which the work is dealt out. A 1 x 1 kernel at stride 1 knows no rows, so its pixels can be cut anywhere. */
function linesOf(g: ConvGeometry): {
  outHeight: number;
  outWidth: number;
  inHeight: number;
  inWidth: number;
  batch: number;
} {
  const flat = g.kernelHeight === 1 && g.kernelWidth === 1 && g.stride === 1 && g.pad === 0;
  if (!flat) return g;
  const pixels = g.batch * g.outHeight * g.outWidth;
  let width = Math.min(32, pixels);
  while (pixels % width !== 0) width -= 1;
  return { batch: 1, outHeight: pixels / width, inHeight: pixels / width, outWidth: width, inWidth: width };
}

function filterGradientOnGpu(x: tf.Tensor4D, dy: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const { kernelHeight, kernelWidth, stride, pad, inChannels, outChannels } = g;
  const { batch, outHeight, outWidth, inHeight, inWidth } = linesOf(g);
  const vectorOut = outChannels % 4 === 0;
  const block = vectorOut ? 8 : 4;
  const blocks = Math.ceil(outChannels / block);
  const threads = kernelHeight * Math.ceil(inChannels / 4) * blocks;
  const lines = batch * outHeight;
  const linesPerChunk = Math.ceil(lines / Math.min(lines, Math.ceil(WANTED_THREADS / threads)));
  const chunks = Math.ceil(lines / linesPerChunk);
  const shape = kernelShapeOf(g);
  const { partial } = runProgram(
    filterProgram({ kernelWidth, stride, pad, block, vectorIn: inChannels % 4 === 0, vectorOut }),
    {
      inputs: { x, dy },
      outputs: { partial: chunks === 1 ? shape : [chunks, ...shape] },
      uniforms: {
        inHeight,
        inWidth,
        inChannels,
        outHeight,
        outWidth,
        outChannels,
        kernelHeight,
        lines,
        linesPerChunk,
        blocks,
      },
      size: threads * chunks,
    },
  );
  if (chunks === 1) return partial as tf.Tensor4D;
  const { sum } = runProgram(sumProgram, {
    inputs: { partial },
    outputs: { sum: shape },
    uniforms: { chunks },
    size: shape.reduce((a, b) => a * b),
  });
  partial.dispose();
  return sum as tf.Tensor4D;
}

/** The kernel that stock tfjs runs for the gradient of `tf.conv2d`; it has no public name of its own. */
export function conv2dFilterGradientPlain(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  kernelShape: Shape4D,
  stride: number,
  pad: number,
): tf.Tensor4D {
  const attributes = {
    strides: [stride, stride],
    pad,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
    filterShape: [...kernelShape],
  };
  return tf.engine().runKernel<tf.Tensor4D>('Conv2DBackpropFilter', { x, dy }, attributes);
}
