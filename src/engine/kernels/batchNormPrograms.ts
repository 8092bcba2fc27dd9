import { defineProgram, type StorageType } from './program';

type Vector = Extract<StorageType, 'f32' | 'vec4<f32>'>;
const COMMON = { workgroupSize: [64, 1, 1], entry: 'threads' } as const;

/** The WGSL of `batchNorm.ts` for one vector type: four channels a thread where C allows it, else one. */
export function batchNormPrograms(vector: Vector) {
  const alias = `alias V = ${vector};`;
  const chunkRows = `
  let channel = index % uniforms.channels;
  let chunk = index / uniforms.channels;
  let first = chunk * uniforms.chunkRows;
  let last = min(uniforms.rows, first + uniforms.chunkRows);`;
  const chunkUniforms = { rows: 'i32', channels: 'i32', chunkRows: 'i32' } as const;

  /** Sums of x - x[0] and of its square: shifted, so that a large mean costs no digits. */
  const sums = defineProgram({
    ...COMMON,
    name: 'batchNormSums',
    inputs: { x: vector },
    outputs: { partial: vector },
    uniforms: chunkUniforms,
    code: `${alias}
fn run(index : i32) {${chunkRows}
  let shift = x[channel];
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
fn run(channel : i32) {
  var sum = V(0);
  var squares = V(0);
  for (var chunk = 0; chunk < uniforms.chunks; chunk++) {
    sum += partial[2 * chunk * uniforms.channels + channel];
    squares += partial[(2 * chunk + 1) * uniforms.channels + channel];
  }
  let offset = sum / uniforms.n;
  let variance = max(squares / uniforms.n - offset * offset, V(0));
  let batchMean = x[channel] + offset;
  mean[channel] = batchMean;
  inverseStd[channel] = inverseSqrt(variance + uniforms.epsilon);${move}
}`;
  const statisticsUniforms = { channels: 'i32', chunks: 'i32', n: 'f32', epsilon: 'f32' } as const;
  const statistics = defineProgram({
    ...COMMON,
    name: 'batchNormStatistics',
    inputs: { x: vector, partial: vector },
    outputs: { mean: vector, inverseStd: vector },
    uniforms: statisticsUniforms,
    code: statisticsCode(''),
  });
  const movingStatistics = defineProgram({
    ...COMMON,
    name: 'batchNormMovingStatistics',
    inputs: { x: vector, partial: vector },
    outputs: { mean: vector, inverseStd: vector, movingMean: vector, movingVariance: vector },
    uniforms: { ...statisticsUniforms, decay: 'f32', unbias: 'f32' },
    code: statisticsCode(`
  movingMean[channel] = uniforms.decay * movingMean[channel] + (1.0 - uniforms.decay) * batchMean;
  movingVariance[channel] = uniforms.decay * movingVariance[channel] + (1.0 - uniforms.decay) * uniforms.unbias * variance;`),
  });

  const normaliseCode = (residual: string) => `${alias}
fn run(index : i32) {
  let channel = index % uniforms.channels;
  let normalised = (x[index] - mean[channel]) * inverseStd[channel];
  let value = normalised * gamma[channel] + beta[channel]${residual};
  y[index] = select(value, max(value, V(0)), uniforms.relu != 0);
}`;
  const normaliseInputs = { x: vector, mean: vector, inverseStd: vector, gamma: vector, beta: vector };
  const normaliseUniforms = { channels: 'i32', relu: 'i32' } as const;
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

  /** What reaches the normalisation: dy, cut where the ReLU was at 0. */
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
  var sum = V(0);
  var products = V(0);
  for (var row = first; row < last; row++) {
    let at = row * uniforms.channels + channel;
    let g = incoming(at);
    sum += g;
    products += g * (x[at] - mean[channel]);
  }
  partial[2 * chunk * uniforms.channels + channel] = sum;
  partial[(2 * chunk + 1) * uniforms.channels + channel] = products * inverseStd[channel];
}`,
  });
  // Per channel dx = scale g - slope (x - mean) - shift: four numbers, packed, since an adapter may bind no more than eight buffers.
  const gradientTotals = defineProgram({
    ...COMMON,
    name: 'batchNormGradientTotals',
    inputs: { partial: vector, mean: vector, inverseStd: vector, gamma: vector },
    outputs: { dBeta: vector, dGamma: vector, coefficients: vector },
    uniforms: { channels: 'i32', chunks: 'i32', n: 'f32' },
    code: `${alias}
fn run(channel : i32) {
  var sum = V(0);
  var products = V(0);
  for (var chunk = 0; chunk < uniforms.chunks; chunk++) {
    sum += partial[2 * chunk * uniforms.channels + channel];
    products += partial[(2 * chunk + 1) * uniforms.channels + channel];
  }
  dBeta[channel] = sum;
  dGamma[channel] = products;
  let scale = inverseStd[channel] * gamma[channel];
  coefficients[channel] = scale;
  coefficients[uniforms.channels + channel] = scale * inverseStd[channel] * products / uniforms.n;
  coefficients[2 * uniforms.channels + channel] = scale * sum / uniforms.n;
  coefficients[3 * uniforms.channels + channel] = mean[channel];
}`,
  });

  const gradientCode = (residual: string) => `${alias}${incoming}
fn run(index : i32) {
  let channels = uniforms.channels;
  let channel = index % channels;
  let g = incoming(index);
  let centred = x[index] - coefficients[3 * channels + channel];
  dx[index] = coefficients[channel] * g - coefficients[channels + channel] * centred - coefficients[2 * channels + channel];${residual}
}`;
  const gradientInputs = { dy: vector, x: vector, y: vector, coefficients: vector };
  const gradientUniforms = { channels: 'i32', relu: 'i32' } as const;
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
