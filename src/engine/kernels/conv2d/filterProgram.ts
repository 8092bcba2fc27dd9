import type * as tf from '@tensorflow/tfjs';
import { defineProgram, type KernelProgram, runProgram } from '../runtime/program';
import { broadcastCode, currentDevice, laneCode, lanesOf, withSubgroups } from '../runtime/subgroups';
import { type ConvGeometry, isFlat, kernelShapeOf } from './geometry';
import { sumPartials } from './sumPartials';
import type { ConvVariant } from './variants';

/**
 * The filter gradient in registers. A thread owns one kernel row, `rows` input channels, `block` output channels and all kernel columns.
 * Along a row of dy it slides a window of `kernelWidth` columns of x, so that each pixel costs `stride` loads of x and block/4 of dy for
 * rows x kernelWidth x block multiply-adds. Threads of a workgroup differ in kernel row and input channels only, so that with `lanes` the
 * subgroup loads dy once for all of them. The rows of all images are divided into chunks, each of which writes its own partial sum.
 */
interface FilterVariant {
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pad: number;
  /** Input channels per thread. */
  readonly rows: 1 | 2 | 4;
  /** Output channels per thread; a multiple of 4, of 8 with lanes. */
  readonly block: number;
  readonly vectorIn: boolean;
  readonly vectorOut: boolean;
  /** Threads of a subgroup that loads dy once for all of them; 0 where each thread loads its own. */
  readonly lanes: number;
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
  | 'owners'
>;

/** Threads of a workgroup without lanes. */
const WORKGROUP = 64;

const programs = new Map<string, FilterProgram>();

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function xType(rows: FilterVariant['rows']) {
  return ({ 1: 'f32', 2: 'vec2<f32>', 4: 'vec4<f32>' } as const)[rows];
}

function code(variant: FilterVariant): string {
  const { kernelWidth, stride, pad, rows, block, vectorIn, vectorOut, lanes } = variant;
  const quads = range(block / 4);
  const columns = range(kernelWidth);
  const own = range(rows);
  const type = xType(rows);
  const element = (kw: number, i: number) => (rows === 1 ? `c${kw}` : `c${kw}[${i}]`);

  const atX = own.map((i) => `x[at + ${i}]`).join(', ');
  const xAt = vectorIn
    ? `fn xAt(pixel : i32, channel : i32) -> ${type} { return x[(pixel * uniforms.inChannels + channel) / ${rows}]; }`
    : `fn xAt(pixel : i32, channel : i32) -> ${type} {
  let at = pixel * uniforms.inChannels + channel;
  return ${type}(${atX});
}`;
  const dyAt = (q: number) =>
    vectorOut
      ? `dy[dyBase / 4 + ${q}]`
      : `vec4<f32>(${range(4)
          .map((i) => `dy[dyBase + ${4 * q + i}]`)
          .join(', ')})`;
  const loadDy =
    lanes > 0
      ? broadcastCode('d', block, lanes, '        ', (index) => `dy[dyBase + ${index}]`)
      : quads.map((q) => `        let d${q} = ${dyAt(q)};`);
  const load = (column: string) =>
    `select(${type}(), xAt(xRow + clamp(${column}, 0, uniforms.inWidth - 1), channel), rowOk && ${column} >= 0 && ${column} < uniforms.inWidth)`;
  // Columns that stay in the window when it moves by the stride, and columns that enter it.
  const kept = columns.filter((kw) => kw + stride < kernelWidth);
  const fresh = columns.filter((kw) => kw + stride >= kernelWidth);
  const multiply = columns.flatMap((kw) =>
    own.flatMap((i) => quads.map((q) => `        a${kw}_${i}_${q} += ${element(kw, i)} * d${q};`)),
  );
  // Accumulators of channels past the last hold meaningless products and are not stored.
  const stores = columns.flatMap((kw) =>
    own.flatMap((i) =>
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
  // A broadcast needs all lanes: those past the last owner repeat its work and store nothing.
  const place =
    lanes > 0
      ? `${laneCode(lanes)}
  let owner = min(i32(group.x * ${lanes}u + local.x), uniforms.owners - 1);
  let counts = i32(group.x * ${lanes}u + local.x) < uniforms.owners;
  let outChannel = i32(group.y) * ${block};
  let chunk = i32(group.z);`
      : `  let index = i32(group.x * ${WORKGROUP}u + local.x);
  let owner = index % uniforms.owners;
  let rest = index / uniforms.owners;
  let outChannel = (rest % uniforms.blocks) * ${block};
  let chunk = rest / uniforms.blocks;
  let counts = chunk * uniforms.linesPerChunk < uniforms.lines;
  if (!counts) { return; }`;

  return `
${xAt}
${store}
fn run(group : vec3<u32>, local : vec3<u32>) {
${place}
  let inGroups = (uniforms.inChannels + ${rows - 1}) / ${rows};
  let kh = owner / inGroups;
  let channel = (owner - kh * inGroups) * ${rows};
${columns.flatMap((kw) => own.flatMap((i) => quads.map((q) => `  var a${kw}_${i}_${q} = vec4<f32>();`))).join('\n')}
  let lastLine = min(uniforms.lines, (chunk + 1) * uniforms.linesPerChunk);
  for (var line = chunk * uniforms.linesPerChunk; line < lastLine; line++) {
    let image = line / uniforms.outHeight;
    let inRow = (line - image * uniforms.outHeight) * ${stride} - ${pad} + kh;
    let rowOk = inRow >= 0 && inRow < uniforms.inHeight;
    if (${lanes > 0 ? 'true' : 'rowOk'}) {
      let xRow = (image * uniforms.inHeight + clamp(inRow, 0, uniforms.inHeight - 1)) * uniforms.inWidth;
      var dyBase = line * uniforms.outWidth * uniforms.outChannels + outChannel;
      var column = -${pad};
${columns.map((kw) => `      var c${kw} = ${kept.includes(kw - stride) ? load(`(column + ${kw - stride})`) : `${type}()`};`).join('\n')}
      for (var ow = 0; ow < uniforms.outWidth; ow++) {
${kept.map((kw) => `        c${kw} = c${kw + stride};`).join('\n')}
${fresh.map((kw) => `        c${kw} = ${load(`(column + ${kw})`)};`).join('\n')}
${loadDy.join('\n')}
${multiply.join('\n')}
        column += ${stride};
        dyBase += uniforms.outChannels;
      }
    }
  }
  if (!counts) { return; }
${stores.join('\n')}
}`;
}

function filterProgram(variant: FilterVariant): FilterProgram {
  const key = Object.values(variant).join();
  let program = programs.get(key);
  if (program === undefined) {
    const { rows, vectorIn, vectorOut, lanes } = variant;
    program = defineProgram({
      name: `conv2d filter gradient ${key}`,
      inputs: { x: vectorIn ? xType(rows) : 'f32', dy: vectorOut && lanes === 0 ? 'vec4<f32>' : 'f32' },
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
        owners: 'i32',
      },
      workgroupSize: [lanes > 0 ? lanes : WORKGROUP, 1, 1],
      entry: 'workgroups',
      code: code(variant),
    });
    if (lanes > 0) program = withSubgroups(program);
    programs.set(key, program);
  }
  return program;
}

/** Threads that keep an adapter busy. More cost memory and a longer second pass. */
const WANTED_THREADS = 4096;
/** A chunk of fewer pixels would save less time than the second pass costs. */
const MIN_CHUNK_PIXELS = 64;

/**
 * The lines of pixels that the work is divided into. A flat convolution (1 x 1, stride 1) does not depend on rows, so its lines may have
 * any length.
 */
function linesOf(g: ConvGeometry): Pick<ConvGeometry, 'outHeight' | 'outWidth' | 'inHeight' | 'inWidth' | 'batch'> {
  if (!isFlat(g)) return g;
  const pixels = g.batch * g.outHeight * g.outWidth;
  let width = Math.min(32, pixels);
  while (pixels % width !== 0) width -= 1;
  return { batch: 1, outHeight: pixels / width, inHeight: pixels / width, outWidth: width, inWidth: width };
}

/** Computes the filter gradient by a variant of the scheme 'strip' or 'broadcast'. */
export function runFilterStrips(x: tf.Tensor4D, dy: tf.Tensor4D, g: ConvGeometry, variant: ConvVariant): tf.Tensor4D {
  const { kernelHeight, kernelWidth, stride, pad, inChannels, outChannels } = g;
  const { batch, outHeight, outWidth, inHeight, inWidth } = linesOf(g);
  const lanes = variant.scheme === 'broadcast' ? lanesOf(currentDevice()) : 0;
  const vectorOut = outChannels % 4 === 0;
  // A kernel of one column leaves registers for twice the channels, one of more than three for no more than one.
  const room = kernelWidth === 1 ? 2 * variant.rows : kernelWidth > 3 ? 1 : variant.rows;
  const rows = room === 1 || room === 2 ? room : 4;
  const vectorIn = inChannels % rows === 0;
  const block = vectorOut || lanes > 0 ? variant.columns : 4;
  const blocks = Math.ceil(outChannels / block);
  const owners = kernelHeight * Math.ceil(inChannels / rows);
  const groups = Math.ceil(owners / Math.max(1, lanes));
  const threads = lanes > 0 ? groups * lanes * blocks : owners * blocks;
  const lines = batch * outHeight;
  const mostChunks = Math.ceil((lines * outWidth) / MIN_CHUNK_PIXELS);
  const linesPerChunk = Math.ceil(lines / Math.min(lines, mostChunks, Math.ceil(WANTED_THREADS / threads)));
  const chunks = Math.ceil(lines / linesPerChunk);
  const shape = kernelShapeOf(g);
  const { partial } = runProgram(filterProgram({ kernelWidth, stride, pad, rows, block, vectorIn, vectorOut, lanes }), {
    inputs: { x, dy },
    outputs: { partial: [chunks, ...shape] },
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
      owners,
    },
    size: lanes > 0 ? [groups, blocks, chunks] : [Math.ceil((threads * chunks) / WORKGROUP), 1, 1],
  });
  return sumPartials(partial, shape);
}
