import type * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram, storageBufferLimit } from '../runtime/program';
import { currentDevice, lanesOf, withSubgroups } from '../runtime/subgroups';
import type { BatchNormGradientInputs, BatchNormGradients, BatchNormInputs, BatchNormOutputs } from './contract';

/**
 * BatchNorm of few rows, as in the heads and the last stage, in one dispatch forward and one backward: a subgroup owns four channels (or
 * one) and all their rows, so that no sums are combined across workgroups. At this size a dispatch costs more than its computation.
 */

type Vector = 'f32' | 'vec4<f32>';

/** The most rows of a view for which this is faster. */
const MOST_ROWS = 2048;
/** Buffers that the backward pass with a residual binds; some adapters allow only 8. */
const BUFFERS = 10;

/** Whether each view has few rows, and the device has subgroups and enough storage buffers per dispatch. */
export function isFewRows([allRows]: [number, number], views: number): boolean {
  return allRows / views <= MOST_ROWS && lanesOf(currentDevice()) > 0 && storageBufferLimit() >= BUFFERS;
}

function writePrograms(vector: Vector, lanes: number) {
  const common = { workgroupSize: [lanes, 1, 1], entry: 'workgroups' } as const;
  const alias = `alias V = ${vector};`;
  /** The type contains all names, so that the same dispatch code fits programs that leave some out. */
  const buffers = <Name extends string>(names: readonly Name[], without: readonly Name[]) =>
    Object.fromEntries(names.filter((name) => !without.includes(name)).map((name) => [name, vector])) as Record<
      Name,
      Vector
    >;
  /** Loops over the rows of a view; each lane takes every `lanes`-th row, and `at` is the index of its element. */
  const eachRow = (body: string) => `
    for (var row = i32(local.x); row < uniforms.rows; row += ${lanes}) {
      let at = (first + row) * uniforms.channels + channel;
      ${body}
    }`;
  const forward = (residual: boolean, moves: boolean) =>
    withSubgroups(
      defineProgram({
        ...common,
        name: `batchNormFewRows${residual ? 'Add' : ''}${moves ? 'Moving' : ''}`,
        inputs: buffers(['x', 'gamma', 'beta', 'residual'], residual ? [] : ['residual']),
        outputs: buffers(
          ['y', 'mean', 'inverseStd', 'movingMean', 'movingVariance'],
          moves ? [] : ['movingMean', 'movingVariance'],
        ),
        uniforms: {
          rows: 'i32',
          channels: 'i32',
          views: 'i32',
          relu: 'i32',
          epsilon: 'f32',
          decay: 'f32',
          unbias: 'f32',
        },
        code: `${alias}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let channel = i32(group.x);
  let n = f32(uniforms.rows);
  for (var view = 0; view < uniforms.views; view++) {
    let first = view * uniforms.rows;
    var sum = V(0);${eachRow('sum += x[at];')}
    let centre = subgroupAdd(sum) / n;
    // A second pass over the rows, which are cached by now: a variance in one pass loses digits where the mean is large.
    var squares = V(0);${eachRow('let apart = x[at] - centre; squares += apart * apart;')}
    let variance = subgroupAdd(squares) / n;
    let inverse = inverseSqrt(variance + uniforms.epsilon);${eachRow(`let value = (x[at] - centre) * inverse * gamma[channel] + beta[channel]${residual ? ' + residual[at]' : ''};
      y[at] = select(value, max(value, V(0)), uniforms.relu != 0);`)}
    if (local.x == 0u) {
      mean[view * uniforms.channels + channel] = centre;
      inverseStd[view * uniforms.channels + channel] = inverse;${
        moves
          ? `
      movingMean[channel] = uniforms.decay * movingMean[channel] + (1.0 - uniforms.decay) * centre;
      movingVariance[channel] = uniforms.decay * movingVariance[channel] + (1.0 - uniforms.decay) * uniforms.unbias * variance;`
          : ''
      }
    }
  }
}`,
      }),
    );
  const backward = (residual: boolean) =>
    withSubgroups(
      defineProgram({
        ...common,
        name: `batchNormFewRowsGradient${residual ? 'Add' : ''}`,
        inputs: buffers(['dy', 'x', 'y', 'mean', 'inverseStd', 'gamma'], []),
        outputs: buffers(['dx', 'dGamma', 'dBeta', 'dResidual'], residual ? [] : ['dResidual']),
        uniforms: { rows: 'i32', channels: 'i32', views: 'i32', relu: 'i32' },
        code: `${alias}
fn incoming(index : i32) -> V {
  return select(dy[index], select(V(0), dy[index], y[index] > V(0)), uniforms.relu != 0);
}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let channel = i32(group.x);
  let n = f32(uniforms.rows);
  var allSums = V(0);
  var allProducts = V(0);
  for (var view = 0; view < uniforms.views; view++) {
    let first = view * uniforms.rows;
    let centre = mean[view * uniforms.channels + channel];
    let inverse = inverseStd[view * uniforms.channels + channel];
    var sum = V(0);
    var products = V(0);${eachRow('let g = incoming(at); sum += g; products += g * (x[at] - centre);')}
    sum = subgroupAdd(sum);
    products = subgroupAdd(products) * inverse;
    allSums += sum;
    allProducts += products;
    let scale = inverse * gamma[channel];${eachRow(`let g = incoming(at);
      dx[at] = scale * (g - (sum + (x[at] - centre) * inverse * products) / n);${residual ? ' dResidual[at] = g;' : ''}`)}
  }
  if (local.x == 0u) {
    dBeta[channel] = allSums;
    dGamma[channel] = allProducts;
  }
}`,
      }),
    );
  return {
    forward: {
      plain: forward(false, false),
      moving: forward(false, true),
      add: forward(true, false),
      addMoving: forward(true, true),
    },
    backward: { plain: backward(false), add: backward(true) },
  };
}

const written = new Map<string, ReturnType<typeof writePrograms>>();

function geometry([allRows, c]: [number, number], views: number) {
  const vector: Vector = c % 4 === 0 ? 'vec4<f32>' : 'f32';
  const lanes = lanesOf(currentDevice());
  const key = `${vector} ${lanes}`;
  let programs = written.get(key);
  if (programs === undefined) {
    programs = writePrograms(vector, lanes);
    written.set(key, programs);
  }
  return { programs, rows: allRows / views, channels: vector === 'f32' ? c : c / 4 };
}

export function fewRowsForward(given: BatchNormInputs & { readonly views: number }): BatchNormOutputs {
  const { x, gamma, beta, residual, relu, views, epsilon, moving } = given;
  const [, c] = x.shape;
  const { programs, rows, channels } = geometry(x.shape, views);
  const { plain, moving: moves, add, addMoving } = programs.forward;
  const program = residual === null ? (moving === null ? plain : moves) : moving === null ? add : addMoving;
  const inputs = { x, gamma, beta, ...(residual === null ? {} : { residual }) };
  const { y, mean, inverseStd } = runProgram(program, {
    inputs: inputs as typeof inputs & { residual: tf.Tensor2D },
    outputs: {
      y: x.shape,
      mean: [views * c],
      inverseStd: [views * c],
      ...(moving === null ? {} : { movingMean: moving.mean, movingVariance: moving.variance }),
    } as Record<'y' | 'mean' | 'inverseStd' | 'movingMean' | 'movingVariance', number[] | tf.Tensor>,
    uniforms: {
      rows,
      channels,
      views,
      relu: relu ? 1 : 0,
      epsilon,
      decay: moving?.decay ?? 0,
      unbias: rows / Math.max(1, rows - 1),
    },
    size: [channels, 1, 1],
  });
  return { y: y as tf.Tensor2D, mean: mean as tf.Tensor1D, inverseStd: inverseStd as tf.Tensor1D };
}

export function fewRowsBackward(given: BatchNormGradientInputs & { readonly views: number }): BatchNormGradients {
  const { dy, x, gamma, forward, relu, views, hasResidual } = given;
  const [, c] = x.shape;
  const { programs, rows, channels } = geometry(x.shape, views);
  const { y, mean, inverseStd } = forward;
  const outputs = { dx: x.shape, dGamma: [c], dBeta: [c], ...(hasResidual ? { dResidual: x.shape } : {}) };
  const gradients = runProgram(hasResidual ? programs.backward.add : programs.backward.plain, {
    inputs: { dy, x, y, mean, inverseStd, gamma },
    outputs: outputs as typeof outputs & { dResidual: [number, number] },
    uniforms: { rows, channels, views, relu: relu ? 1 : 0 },
    size: [channels, 1, 1],
  });
  return {
    dx: gradients.dx as tf.Tensor2D,
    dGamma: gradients.dGamma as tf.Tensor1D,
    dBeta: gradients.dBeta as tf.Tensor1D,
    dResidual: hasResidual ? (gradients.dResidual as tf.Tensor2D) : null,
  };
}
