import { defineProgram, type KernelProgram, type StorageType } from '../runtime/program';
import { withSubgroups } from '../runtime/subgroups';

export type Vector = Extract<StorageType, 'f32' | 'vec4<f32>'>;
const COMMON = { workgroupSize: [64, 1, 1], entry: 'threads' } as const;

/**
 * The WGSL of `gpu.ts` for one vector type: four channels per thread where C is divisible by 4, else one. With `lanes` above 0 a subgroup
 * adds up the chunks of a channel, else one thread does. `rows` and `chunks` are those of a view.
 */
export function batchNormPrograms(vector: Vector, lanes: number) {
  const alias = `alias V = ${vector};`;
  const chunkRows = `
  let channel = index % uniforms.channels;
  let chunk = index / uniforms.channels;
  let view = chunk / uniforms.chunks;
  let viewFirst = view * uniforms.rows;
  let first = viewFirst + (chunk - view * uniforms.chunks) * uniforms.chunkRows;
  let last = min(viewFirst + uniforms.rows, first + uniforms.chunkRows);`;
  const chunkUniforms = { rows: 'i32', channels: 'i32', chunkRows: 'i32', chunks: 'i32' } as const;

  const totals = { workgroupSize: [Math.max(1, lanes), 1, 1], entry: 'workgroups' } as const;
  const joined = <P extends KernelProgram<string, string, string>>(program: P): P =>
    lanes > 0 ? withSubgroups(program) : program;
  /** Sums of a channel over the chunks of a view: `sum` and `others`, the same in all threads. */
  const totalsOfView = `
    var sum = V(0);
    var others = V(0);
    for (var chunk = i32(local.x); chunk < uniforms.chunks; chunk += ${Math.max(1, lanes)}) {
      let at = 2 * (view * uniforms.chunks + chunk) * uniforms.channels + channel;
      sum += partial[at];
      others += partial[at + uniforms.channels];
    }${
      lanes > 0
        ? `
    sum = subgroupAdd(sum);
    others = subgroupAdd(others);`
        : ''
    }`;

  /** Sums of x - x[0] and of its square: shifted, so that no digits are lost where the mean is large. */
  const sums = defineProgram({
    ...COMMON,
    name: 'batchNormSums',
    inputs: { x: vector },
    outputs: { partial: vector },
    uniforms: chunkUniforms,
    code: `${alias}
fn run(index : i32) {${chunkRows}
  let shift = x[viewFirst * uniforms.channels + channel];
  var sum = V(0);
  var squares = V(0);
  for (var row = first; row < last; row++) {
    let value = x[row * uniforms.channels + channel] - shift;
    sum += value;
    squares += value * value;
  }
  partial[2 * chunk * uniforms.channels + channel] = sum;
  partial[(2 * chunk + 1) * uniforms.channels + channel] = squares;
}`,
  });

  const statisticsCode = (move: string) => `${alias}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let channel = i32(group.x);
  for (var view = 0; view < uniforms.views; view++) {${totalsOfView}
    let offset = sum / uniforms.n;
    let variance = max(others / uniforms.n - offset * offset, V(0));
    let batchMean = x[view * uniforms.rows * uniforms.channels + channel] + offset;
    if (local.x == 0u) {
      mean[view * uniforms.channels + channel] = batchMean;
      inverseStd[view * uniforms.channels + channel] = inverseSqrt(variance + uniforms.epsilon);${move}
    }
  }
}`;
  const statisticsUniforms = {
    rows: 'i32',
    channels: 'i32',
    chunks: 'i32',
    views: 'i32',
    n: 'f32',
    epsilon: 'f32',
  } as const;
  const statistics = joined(
    defineProgram({
      ...totals,
      name: 'batchNormStatistics',
      inputs: { x: vector, partial: vector },
      outputs: { mean: vector, inverseStd: vector },
      uniforms: statisticsUniforms,
      code: statisticsCode(''),
    }),
  );
  const movingStatistics = joined(
    defineProgram({
      ...totals,
      name: 'batchNormMovingStatistics',
      inputs: { x: vector, partial: vector },
      outputs: { mean: vector, inverseStd: vector, movingMean: vector, movingVariance: vector },
      uniforms: { ...statisticsUniforms, decay: 'f32', unbias: 'f32' },
      code: statisticsCode(`
      movingMean[channel] = uniforms.decay * movingMean[channel] + (1.0 - uniforms.decay) * batchMean;
      movingVariance[channel] = uniforms.decay * movingVariance[channel] + (1.0 - uniforms.decay) * uniforms.unbias * variance;`),
    }),
  );

  const normaliseCode = (residual: string) => `${alias}
fn run(index : i32) {
  let channel = index % uniforms.channels;
  let own = index / (uniforms.rows * uniforms.channels) * uniforms.channels + channel;
  let normalised = (x[index] - mean[own]) * inverseStd[own];
  let value = normalised * gamma[channel] + beta[channel]${residual};
  y[index] = select(value, max(value, V(0)), uniforms.relu != 0);
}`;
  const normaliseInputs = { x: vector, mean: vector, inverseStd: vector, gamma: vector, beta: vector };
  const normaliseUniforms = { rows: 'i32', channels: 'i32', relu: 'i32' } as const;
  const normalise = defineProgram({
    ...COMMON,
    name: 'batchNormNormalise',
    inputs: normaliseInputs,
    outputs: { y: vector },
    uniforms: normaliseUniforms,
    code: normaliseCode(''),
  });
  const normaliseAdd = defineProgram({
    ...COMMON,
    name: 'batchNormNormaliseAdd',
    inputs: { ...normaliseInputs, residual: vector },
    outputs: { y: vector },
    uniforms: normaliseUniforms,
    code: normaliseCode(' + residual[index]'),
  });

  /** The gradient before the ReLU: dy, and 0 where the ReLU's output is 0. */
  const incoming = `
fn incoming(index : i32) -> V {
  return select(dy[index], select(V(0), dy[index], y[index] > V(0)), uniforms.relu != 0);
}`;
  const gradientSums = defineProgram({
    ...COMMON,
    name: 'batchNormGradientSums',
    inputs: { dy: vector, x: vector, y: vector, mean: vector, inverseStd: vector },
    outputs: { partial: vector },
    uniforms: { ...chunkUniforms, relu: 'i32' },
    code: `${alias}${incoming}
fn run(index : i32) {${chunkRows}
  let centre = mean[view * uniforms.channels + channel];
  var sum = V(0);
  var products = V(0);
  for (var row = first; row < last; row++) {
    let at = row * uniforms.channels + channel;
    let g = incoming(at);
    sum += g;
    products += g * (x[at] - centre);
  }
  partial[2 * chunk * uniforms.channels + channel] = sum;
  partial[(2 * chunk + 1) * uniforms.channels + channel] = products * inverseStd[view * uniforms.channels + channel];
}`,
  });
  // dx = scale g - slope (x - mean) - shift. The four numbers of a view and channel are packed into one buffer, since an adapter may allow
  // only eight buffers.
  const gradientTotals = joined(
    defineProgram({
      ...totals,
      name: 'batchNormGradientTotals',
      inputs: { partial: vector, mean: vector, inverseStd: vector, gamma: vector },
      outputs: { dBeta: vector, dGamma: vector, coefficients: vector },
      uniforms: { channels: 'i32', chunks: 'i32', views: 'i32', n: 'f32' },
      code: `${alias}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let channel = i32(group.x);
  var allSums = V(0);
  var allProducts = V(0);
  for (var view = 0; view < uniforms.views; view++) {${totalsOfView}
    allSums += sum;
    allProducts += others;
    if (local.x == 0u) {
      let own = view * uniforms.channels + channel;
      let scale = inverseStd[own] * gamma[channel];
      let first = 4 * view * uniforms.channels + channel;
      coefficients[first] = scale;
      coefficients[first + uniforms.channels] = scale * inverseStd[own] * others / uniforms.n;
      coefficients[first + 2 * uniforms.channels] = scale * sum / uniforms.n;
      coefficients[first + 3 * uniforms.channels] = mean[own];
    }
  }
  if (local.x == 0u) {
    dBeta[channel] = allSums;
    dGamma[channel] = allProducts;
  }
}`,
    }),
  );

  const gradientCode = (residual: string) => `${alias}${incoming}
fn run(index : i32) {
  let channels = uniforms.channels;
  let own = 4 * (index / (uniforms.rows * channels)) * channels + index % channels;
  let g = incoming(index);
  let centred = x[index] - coefficients[own + 3 * channels];
  dx[index] = coefficients[own] * g - coefficients[own + channels] * centred - coefficients[own + 2 * channels];${residual}
}`;
  const gradientInputs = { dy: vector, x: vector, y: vector, coefficients: vector };
  const gradientUniforms = { rows: 'i32', channels: 'i32', relu: 'i32' } as const;
  const gradient = defineProgram({
    ...COMMON,
    name: 'batchNormGradient',
    inputs: gradientInputs,
    outputs: { dx: vector },
    uniforms: gradientUniforms,
    code: gradientCode(''),
  });
  const gradientWithResidual = defineProgram({
    ...COMMON,
    name: 'batchNormGradientWithResidual',
    inputs: gradientInputs,
    outputs: { dx: vector, dResidual: vector },
    uniforms: gradientUniforms,
    code: gradientCode(`
  dResidual[index] = g;`),
  });
  return {
    sums,
    statistics,
    movingStatistics,
    normalise,
    normaliseAdd,
    gradientSums,
    gradientTotals,
    gradient,
    gradientWithResidual,
  };
}
