import type * as tf from '@tensorflow/tfjs';
import { defineProgram, type KernelProgram, runProgram, withExtension } from '../runtime/program';
import { type ConvGeometry, isFlat, kernelShapeOf, xShapeOf, yShapeOf } from './geometry';
import { sumPartials } from './sumPartials';
import { type ConvPass, type ConvVariant, TILE_THREADS } from './variants';

/**
 * A pass of a convolution as one matrix product, goal [M, N] = A [M, K] B [K, N], with A assembled from the images while it is loaded:
 *
 *                    M                            N     K                                  A    B
 *   forward          output pixels                Cout  kernel taps x Cin                  x    kernel
 *   input gradient   input pixels of one residue  Cin   taps that reach them x Cout        dy   kernel
 *   filter gradient  kernel taps x Cin            Cout  output pixels                      x    dy
 *
 * A workgroup owns a tile of the goal. It walks along K, loading a slice of A and of B into workgroup memory, which its threads share.
 * Where the goal has too few tiles to fill a GPU, K is split and the parts are added by a second pass, in a fixed order.
 */
interface TileProgramKey {
  readonly pass: ConvPass;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pad: number;
  readonly flat: boolean;
  /** Whether N is divisible by 4. */
  readonly vectorColumns: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly columnThreads: number;
  readonly half: boolean;
}

type TileProgram = KernelProgram<
  'a' | 'b',
  'goal',
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outHeight'
  | 'outWidth'
  | 'outChannels'
  | 'm'
  | 'n'
  | 'k'
  | 'kPerSplit'
  | 'goalSize'
>;

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Length along K of the slices in workgroup memory: 16, or 8 where tiles are large. */
function depthOf({ rows, columnThreads }: TileProgramKey): number {
  return rows * (TILE_THREADS / columnThreads) > 64 ? 8 : 16;
}

/**
 * Gradients are small, since a loss is averaged over a batch, and f16 has no values below 6e-8. Multiplied by this factor they lie in the
 * middle of its range; their sums are divided by it.
 */
const HALF_SCALE = 4096;
/** The largest f16. */
const HALF_MAX = 65504;

/** WGSL that rounds four values when they are stored in workgroup memory, and rescales four sums when they are stored in the goal. */
function rounding({ half, pass }: TileProgramKey): Record<'element' | 'a' | 'b' | 'unscale', string> {
  if (!half) return { element: 'f32', a: 'value', b: 'value', unscale: '' };
  const rounded = (scale: number) =>
    `vec4<f16>(clamp(${scale}.0 * value, vec4<f32>(-${HALF_MAX}.0), vec4<f32>(${HALF_MAX}.0)))`;
  const [a, b] = { forward: [1, 1], inputGradient: [HALF_SCALE, 1], filterGradient: [1, HALF_SCALE] }[pass];
  return { element: 'f16', a: rounded(a), b: rounded(b), unscale: ` / ${a * b}.0` };
}

/**
 * The WGSL that differs between the passes. `setRow` defines the variables of a row once, before the loop along K; their names end in
 * `suffix`.
 */
interface PassCode {
  /** Whether neighbouring threads load neighbours along K or along M: those that are adjacent in memory. */
  readonly fast: 'k' | 'm';
  setRow(row: string, suffix: string): string;
  /** Statements that all rows of one k share. */
  readonly setK: string;
  /** The value of A, 0 outside the image. */
  value(suffix: string): string;
  /** The index of B[k, n], and whether n, n + 1, ... are adjacent in memory. */
  readonly bIndex: string;
  readonly bVector: boolean;
  /** Where row m of the goal starts, or a negative number if there is no such row. */
  readonly goalRow: string;
}

function passCode(key: TileProgramKey): PassCode {
  const { pass, flat, stride, pad, kernelWidth } = key;
  const split = (value: string, by: string, high: string, low: string) =>
    `let ${high} = ${value} / ${by}; let ${low} = ${value} - ${high} * ${by};`;
  if (pass === 'filterGradient') {
    const pixel = flat
      ? 'let pixelK = k;'
      : `${split('k', 'uniforms.outWidth', 'lineK', 'colK')} ${split('lineK', 'uniforms.outHeight', 'imageK', 'rowK')}
      let topK = rowK * ${stride} - ${pad}; let leftK = colK * ${stride} - ${pad};`;
    const place = flat
      ? (s: string) => `a[pixelK * uniforms.inChannels + m${s}]`
      : (s: string) =>
          `select(0.0, a[((imageK * uniforms.inHeight + topK + kh${s}) * uniforms.inWidth + leftK + kw${s}) * uniforms.inChannels + ci${s}], inside(topK + kh${s}, leftK + kw${s}, uniforms.inHeight, uniforms.inWidth))`;
    return {
      fast: 'm',
      setRow: (row, s) =>
        flat
          ? `let m${s} = ${row};`
          : `let m${s} = ${row}; ${split(`m${s}`, 'uniforms.inChannels', `tap${s}`, `ci${s}`)} ${split(`tap${s}`, `${kernelWidth}`, `kh${s}`, `kw${s}`)}`,
      setK: pixel,
      value: place,
      bIndex: 'k * uniforms.outChannels + n',
      bVector: true,
      goalRow: 'm * uniforms.n',
    };
  }
  const forward = pass === 'forward';
  const [height, width, channels] = forward
    ? ['uniforms.inHeight', 'uniforms.inWidth', 'uniforms.inChannels']
    : ['uniforms.outHeight', 'uniforms.outWidth', 'uniforms.outChannels'];
  // Height and width of the pixels that the rows of A stand for; for the input gradient, the pixels of one residue modulo the stride.
  const [lines, columns] = forward
    ? ['uniforms.outHeight', 'uniforms.outWidth']
    : [`((uniforms.inHeight + ${stride - 1}) / ${stride})`, `((uniforms.inWidth + ${stride - 1}) / ${stride})`];
  const corner = (residue: string) => (forward ? `* ${stride} - ${pad}` : `+ (${residue} + ${pad}) / ${stride}`);
  const pixelOf = (row: string, s: string) =>
    `${split(row, columns, `line${s}`, `col${s}`)} ${split(`line${s}`, lines, `image${s}`, `row${s}`)}`;
  const setTap = `${split('k', channels, 'tap', 'ci')} ${split('tap', forward ? `${kernelWidth}` : 'tapColumns', 'kh', 'kw')}`;
  const sign = forward ? '+' : '-';
  const kernelRow = forward ? 'kh' : `((residueRow + ${pad}) % ${stride} + ${stride} * kh)`;
  const kernelCol = forward ? 'kw' : `((residueCol + ${pad}) % ${stride} + ${stride} * kw)`;
  const weight = forward
    ? 'k * uniforms.outChannels + n'
    : flat
      ? 'n * uniforms.outChannels + k'
      : `((${kernelRow} * ${kernelWidth} + ${kernelCol}) * uniforms.inChannels + n) * uniforms.outChannels + ci`;
  const goalRow =
    forward || stride === 1
      ? 'm * uniforms.n'
      : `goalPixel(m, residueRow, residueCol, ${lines}, ${columns}) * uniforms.n`;
  return {
    fast: 'k',
    setRow: (row, s) =>
      flat
        ? `let base${s} = (${row}) * ${channels};`
        : `let pixel${s} = ${row}; ${pixelOf(`pixel${s}`, s)}
  let top${s} = row${s} ${corner('residueRow')}; let left${s} = col${s} ${corner('residueCol')};`,
    setK: flat ? '' : setTap,
    value: (s) =>
      flat
        ? `a[base${s} + k]`
        : `select(0.0, a[((image${s} * ${height} + top${s} ${sign} kh) * ${width} + left${s} ${sign} kw) * ${channels} + ci], inside(top${s} ${sign} kh, left${s} ${sign} kw, ${height}, ${width}))`,
    bIndex: weight,
    bVector: forward,
    goalRow,
  };
}

/** How many kernel rows (or columns) meet the target rows of a residue. */
function tapsOfResidue(size: number, residue: string, { stride, pad }: TileProgramKey): string {
  return `(${size - 1} - (${residue} + ${pad}) % ${stride} + ${stride}) / ${stride}`;
}

function code(key: TileProgramKey): string {
  const { pass, rows, columns, columnThreads, vectorColumns, stride, kernelHeight, kernelWidth } = key;
  const depth = depthOf(key);
  const rowThreads = TILE_THREADS / columnThreads;
  const [tileRows, tileColumns] = [rows * rowThreads, columns * columnThreads];
  const [aQuads, bQuads] = [tileRows / 4, tileColumns / 4];
  // One vector of padding per slice, so that threads that write along K use different memory banks.
  const aStep = aQuads + 1;
  const bStep = bQuads + 1;
  const p = passCode(key);
  const round = rounding(key);
  const aLoads = range(Math.ceil((aQuads * depth) / TILE_THREADS));
  const bLoads = range(Math.ceil((bQuads * depth) / TILE_THREADS));
  const aPlace = (i: number) =>
    p.fast === 'k'
      ? `let aK${i} = (thread + ${i * TILE_THREADS}) % ${depth}; let aM${i} = (thread + ${i * TILE_THREADS}) / ${depth};`
      : `let aM${i} = (thread + ${i * TILE_THREADS}) % ${aQuads}; let aK${i} = (thread + ${i * TILE_THREADS}) / ${aQuads};`;
  const bPlace = (i: number) =>
    p.bVector
      ? `let bN${i} = (thread + ${i * TILE_THREADS}) % ${bQuads}; let bK${i} = (thread + ${i * TILE_THREADS}) / ${bQuads};`
      : `let bK${i} = (thread + ${i * TILE_THREADS}) % ${depth}; let bN${i} = (thread + ${i * TILE_THREADS}) / ${depth};`;
  const guard = (count: number, i: number, body: string) =>
    count * depth >= (i + 1) * TILE_THREADS
      ? `{ ${body} }`
      : `if (thread + ${i * TILE_THREADS} < ${count * depth}) { ${body} }`;
  const four = range(4);
  const loadA = (i: number) => `
      let k = first + aK${i};
      ${p.setK}
      let value = select(vec4<f32>(), vec4<f32>(${four.map((r) => p.value(`${i}_${r}`)).join(', ')}), k < last);
      sliceA[aK${i} * ${aStep} + aM${i}] = ${round.a};`;
  const bValues =
    p.bVector && vectorColumns
      ? `b[(${p.bIndex}) / 4]`
      : `vec4<f32>(${four.map((r) => `b[${p.bIndex.replace(/\bn\b/g, `(n + ${r})`)}]`).join(', ')})`;
  const loadB = (i: number) => `
      let k = first + bK${i}; let n = firstColumn + 4 * bN${i};
      ${pass === 'inputGradient' ? p.setK : ''}
      let value = select(vec4<f32>(), ${bValues}, k < last);
      sliceB[bK${i} * ${bStep} + bN${i}] = ${round.b};`;
  const accumulators = range(rows).flatMap((r) => range(columns / 4).map((q) => `c${r}_${q}`));
  const store = vectorColumns
    ? 'if (n < uniforms.n) { goal[(split * uniforms.goalSize + start + n) / 4] = value; }'
    : 'for (var j = 0; j < 4; j++) { if (n + j < uniforms.n) { goal[split * uniforms.goalSize + start + n + j] = value[j]; } }';
  const residues = pass === 'inputGradient' ? stride * stride : 1;
  const walk =
    pass === 'inputGradient'
      ? `
  let residueRow = residue / ${stride}; let residueCol = residue % ${stride};
  let tapColumns = ${tapsOfResidue(kernelWidth, 'residueCol', key)};
  let depth = tapColumns * (${tapsOfResidue(kernelHeight, 'residueRow', key)}) * uniforms.outChannels;`
      : `
  let residueRow = 0; let residueCol = 0; let tapColumns = 0;
  let depth = uniforms.k;`;

  return `
var<workgroup> sliceA : array<vec4<${round.element}>, ${aStep * depth}>;
var<workgroup> sliceB : array<vec4<${round.element}>, ${bStep * depth}>;

fn inside(row : i32, col : i32, height : i32, width : i32) -> bool {
  return row >= 0 && row < height && col >= 0 && col < width;
}
/** The pixel of x that is the m-th of a residue, or -1 outside the image. */
fn goalPixel(m : i32, residueRow : i32, residueCol : i32, lines : i32, columns : i32) -> i32 {
  let line = m / columns;
  let image = line / lines;
  let row = (line - image * lines) * ${stride} + residueRow;
  let col = (m - line * columns) * ${stride} + residueCol;
  let pixel = (image * uniforms.inHeight + row) * uniforms.inWidth + col;
  return select(-1, pixel, row < uniforms.inHeight && col < uniforms.inWidth);
}
fn store(split : i32, start : i32, n : i32, sums : vec4<f32>) {
  let value = sums${round.unscale};
  ${store}
}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let thread = i32(local.x);
  let tx = thread % ${columnThreads};
  let ty = thread / ${columnThreads};
  let firstRow = i32(group.x) * ${tileRows};
  let firstColumn = i32(group.y) * ${tileColumns};
  let residue = i32(group.z) % ${residues};
  let split = i32(group.z) / ${residues};${walk}
  let begin = split * uniforms.kPerSplit;
  let last = min(depth, begin + uniforms.kPerSplit);
${aLoads.map((i) => `  ${aPlace(i)}\n${four.map((r) => `  ${p.setRow(`firstRow + 4 * aM${i} + ${r}`, `${i}_${r}`)}`).join('\n')}`).join('\n')}
${bLoads.map((i) => `  ${bPlace(i)}`).join('\n')}
${accumulators.map((name) => `  var ${name} = vec4<f32>();`).join('\n')}
  for (var first = begin; first < last; first += ${depth}) {
${aLoads.map((i) => `    ${guard(aQuads, i, loadA(i))}`).join('\n')}
${bLoads.map((i) => `    ${guard(bQuads, i, loadB(i))}`).join('\n')}
    workgroupBarrier();
    for (var at = 0; at < ${depth}; at++) {
${range(rows / 4)
  .map((q) => `      let a${q} = vec4<f32>(sliceA[at * ${aStep} + ty + ${q * rowThreads}]);`)
  .join('\n')}
${range(columns / 4)
  .map((q) => `      let b${q} = vec4<f32>(sliceB[at * ${bStep} + tx + ${q * columnThreads}]);`)
  .join('\n')}
${range(rows)
  .flatMap((r) => range(columns / 4).map((q) => `      c${r}_${q} += a${Math.floor(r / 4)}[${r % 4}] * b${q};`))
  .join('\n')}
    }
    workgroupBarrier();
  }
${range(rows)
  .map((r) => {
    const m = `firstRow + 4 * (ty + ${Math.floor(r / 4) * rowThreads}) + ${r % 4}`;
    const stores = range(columns / 4).map(
      (q) => `store(split, start, firstColumn + 4 * (tx + ${q * columnThreads}), c${r}_${q});`,
    );
    return `  { let m = ${m}; let start = ${p.goalRow}; if (m < uniforms.m && start >= 0) { ${stores.join(' ')} } }`;
  })
  .join('\n')}
}`;
}

const programs = new Map<string, TileProgram>();

function tileProgram(key: TileProgramKey): TileProgram {
  const name = `conv2d tile ${Object.values(key).join()}`;
  let program = programs.get(name);
  if (program === undefined) {
    const { vectorColumns, pass } = key;
    const defined = defineProgram({
      name,
      inputs: { a: 'f32', b: vectorColumns && pass !== 'inputGradient' ? 'vec4<f32>' : 'f32' },
      outputs: { goal: vectorColumns ? 'vec4<f32>' : 'f32' },
      uniforms: {
        inHeight: 'i32',
        inWidth: 'i32',
        inChannels: 'i32',
        outHeight: 'i32',
        outWidth: 'i32',
        outChannels: 'i32',
        m: 'i32',
        n: 'i32',
        k: 'i32',
        kPerSplit: 'i32',
        goalSize: 'i32',
      },
      workgroupSize: [TILE_THREADS, 1, 1],
      entry: 'workgroups',
      code: code(key),
    });
    program = key.half ? withExtension(defined, 'f16') : defined;
    programs.set(name, program);
  }
  return program;
}

/** Workgroups that fill a large GPU. */
const WANTED_GROUPS = 256;
/** K is not split into parts shorter than this. */
const MIN_K = 128;

/**
 * Computes a pass by tiles: 'forward' from x and the kernel, 'inputGradient' from dy and the kernel, 'filterGradient' from x and dy.
 * @param variant of the scheme 'tile'
 */
export function runTiles(
  pass: ConvPass,
  g: ConvGeometry,
  a: tf.Tensor,
  b: tf.Tensor,
  variant: ConvVariant,
): tf.Tensor4D {
  const { kernelHeight, kernelWidth, stride, pad, batch, inHeight, inWidth, inChannels } = g;
  const { outHeight, outWidth, outChannels } = g;
  const { rows, columns, columnThreads = 16, half = false } = variant;
  const residues = pass === 'inputGradient' ? stride : 1;
  const taps = kernelHeight * kernelWidth;
  const outPixels = batch * outHeight * outWidth;
  const { m, n, k, shape } = {
    forward: { m: outPixels, n: outChannels, k: taps * inChannels, shape: yShapeOf(g) },
    inputGradient: {
      m: batch * Math.ceil(inHeight / stride) * Math.ceil(inWidth / stride),
      n: inChannels,
      k: Math.ceil(kernelHeight / stride) * Math.ceil(kernelWidth / stride) * outChannels,
      shape: xShapeOf(g),
    },
    filterGradient: { m: taps * inChannels, n: outChannels, k: outPixels, shape: kernelShapeOf(g) },
  }[pass];
  const tilesM = Math.ceil(m / (rows * (TILE_THREADS / columnThreads)));
  const tilesN = Math.ceil(n / (columns * columnThreads));
  const wanted = Math.ceil(WANTED_GROUPS / (tilesM * tilesN * residues ** 2));
  const kPerSplit = Math.ceil(k / Math.max(1, Math.min(wanted, Math.floor(k / MIN_K))));
  const splits = Math.ceil(k / kPerSplit);
  const program = tileProgram({
    pass,
    kernelHeight,
    kernelWidth,
    stride,
    pad,
    flat: isFlat(g),
    vectorColumns: n % 4 === 0,
    rows,
    columns,
    columnThreads,
    half,
  });
  const { goal } = runProgram(program, {
    inputs: { a, b },
    outputs: { goal: [splits, ...shape] },
    uniforms: {
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
      outChannels,
      m,
      n,
      k,
      kPerSplit,
      goalSize: shape.reduce((x, y) => x * y),
    },
    size: [tilesM, tilesN, residues ** 2 * splits],
  });
  return sumPartials(goal, shape);
}
