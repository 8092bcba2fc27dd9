import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { assignInPlace, movingAverage } from '../../src/engine/kernels/movingAverage';
import { wasmBackend } from '../../src/engine/kernels/runtime/wasm/backend';
import { sgdUpdate } from '../../src/engine/kernels/sgd';
import { record } from '../../src/engine/step/capture/record';
import { describeOnEngines } from '../setup/engine';
import { LONG } from '../setup/matrix';
import { expectClose, normalValues, onCpu, seeded, valuesOf } from './kernels/harness';

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

type Compute = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Compares with tfjs's CPU backend what is computed at once, and what a recording gives in its second replay. */
async function compare(shapes: readonly number[][], compute: Compute): Promise<void> {
  const random = seeded(3);
  const values = shapes.map((shape) => normalValues(size(shape), random));
  const inputs = () => values.map((numbers, i) => tf.tensor(numbers, shapes[i]));
  const list = (given: tf.Tensor[]) => [compute(...given)].flat();
  const expected = onCpu(() => list(inputs()));
  const before = tf.memory().numTensors;
  const given = inputs();
  const actual = tf.tidy(() => list(given));
  for (const [i, tensor] of actual.entries()) expectClose(await valuesOf(tensor), expected[i]!, { tolerance: 2e-6 });
  tf.dispose(actual);
  const recording = record(() => Object.fromEntries(tf.tidy(() => list(given)).entries()));
  recording.replay();
  recording.replay();
  for (const [i, { shape, data }] of expected.entries()) {
    expectClose({ shape, data: await recording.read(`${i}`) }, { shape, data }, { tolerance: 2e-6 });
  }
  recording.dispose();
  tf.dispose(given);
  expect(tf.memory().numTensors).toBe(before);
}

describeOnEngines(['wasm'], 'tfjs’s ops on the generated kernels equal the CPU backend', () => {
  const operands: [number[], number[]][] = [
    [
      [3, 5],
      [3, 5],
    ],
    [[3, 5], []],
    [[], [3, 5]],
    [[1], [7]],
    [[7, 3], [3]],
    [[3], [7, 3]],
    [
      [7, 3],
      [7, 1],
    ],
    [
      [7, 1],
      [1, 3],
    ],
    [[2, 3, 4, 5], [5]],
    [
      [2, 3, 4, 5],
      [4, 5],
    ],
    [
      [2, 3, 4, 5],
      [2, 1, 1, 1],
    ],
    [
      [2, 3, 4, 5],
      [2, 3, 1, 1],
    ],
    [
      [2, 3, 4, 5],
      [1, 3, 1, 5],
    ],
    [
      [2, 3, 4, 5],
      [3, 1, 1],
    ],
    [
      [3, 1, 4],
      [3, 2, 4],
    ],
    [
      [70, 130],
      [70, 130],
    ],
  ];
  it.each(operands)('arithmetic of %j and %j', async (a, b) => {
    await compare([a, b], (x, y) => [tf.add(x, y), tf.sub(x, y), tf.mul(x, y), tf.div(x, tf.add(tf.square(y), 1))]);
  });

  it.each([[[1]], [[5, 3]], [[4097]], [[2, 4099]]])('functions of %j', async (shape) => {
    await compare([shape], (x) => {
      const positive = tf.add(tf.square(x), 0.5);
      const pieces = [tf.step(x), tf.step(x, 0.5), tf.onesLike(x)];
      return [
        tf.neg(x),
        tf.square(x),
        tf.relu(x),
        tf.sqrt(positive),
        tf.rsqrt(positive),
        tf.exp(x),
        tf.log(positive),
        ...pieces,
      ];
    });
  });

  it.each(operands)('comparisons of %j and %j', async (a, b) => {
    await compare([a, b], (x, y) => {
      const [left, right] = [x, y].map((of) => tf.mul(tf.step(of), of));
      const truths = [tf.equal(left!, right!), tf.greaterEqual(x, y), tf.equal(x, x)];
      return [tf.maximum(x, y), ...truths.map((truth) => tf.cast(truth, 'float32'))];
    });
  });

  it.each([
    [[1], [0]],
    [[6, 35], [1]],
    [[6, 35], [0]],
    [[6, 35], undefined],
    [
      [3, 4, 5],
      [1, 2],
    ],
    [[3, 4, 5], [1]],
  ] as const)('the largest of %j over %j', async (shape, axes) => {
    await compare([[...shape]], (x) => [tf.max(x, axes && [...axes]), tf.max(x, axes && [...axes], true)]);
  });

  it('the logarithm of a sum of exponentials, and its gradient', async () => {
    const functions = [
      (x: tf.Tensor) => tf.logSumExp(tf.mul(x, 9), 1),
      tf.logSoftmax,
      (x: tf.Tensor) => tf.rsqrt(tf.maximum(tf.square(x), 0.1)),
    ];
    for (const of of functions)
      await compare([[9, 33]], (x) => [of(x), tf.grad((t: tf.Tensor) => tf.sum(tf.square(of(t))))(x)]);
  });

  it.each([0, 1, 2, -1])('tensors along the new axis %i', async (axis) => {
    await compare(
      [
        [4, 5],
        [4, 5],
      ],
      (x, y) => tf.stack([x, y, x], axis),
    );
  });

  it('sums of several', async () => {
    await compare(
      [
        [4, 5],
        [4, 5],
        [4, 5],
      ],
      (...list) => tf.addN(list),
    );
  });

  it.each([
    [[6, 5, 7], 0],
    [[6, 5, 7], 1],
    [[6, 5, 7], 2],
    [[6, 5, 7], -1],
  ])('parts of %j along axis %i', async (shape, axis) => {
    await compare([shape, shape], (x, y) => {
      const along = axis < 0 ? axis + shape.length : axis;
      const whole = tf.concat([x, y, x], axis);
      const begin = shape.map((_, i) => (i === along ? 1 : 0));
      const cut = shape.map((n, i) => (i === along ? n - 2 : n));
      return [
        whole,
        ...tf.split(whole, 3, axis),
        ...tf.split(x, [2, shape[along]! - 2], axis),
        tf.slice(x, begin, cut),
      ];
    });
  });

  it('a slice that is cut along several axes', async () => {
    await compare([[6, 5, 7]], (x) => [tf.slice(x, [1, 0, 2], [3, 5, 4]), tf.slice(x, [0, 0, 0], [6, 5, 7])]);
  });

  it.each([[[1, 0]], [[0, 1]]])('transposes of a matrix by %j', async (perm) => {
    await compare([[6, 35]], (x) => tf.transpose(x, perm));
  });

  it.each([
    [[0, 2, 1, 3]],
    [[2, 3, 0, 1]],
    [[3, 0, 1, 2]],
    [[0, 1, 3, 2]],
    [[0, 3, 2, 1]],
    [[1, 3, 0, 2]],
    [[0, 1, 2, 3]],
  ])('transposes by %j', async (perm) => {
    await compare([[3, 4, 5, 2]], (x) => tf.transpose(x, perm));
  });

  it.each([[[5, 7]], [[3, 4, 9]], [[1, 1]]])('softmax of %j', async (shape) => {
    await compare([shape], (x) => [tf.softmax(tf.mul(x, 5)), tf.logSoftmax(x)]);
  });

  it('random shapes', async () => {
    for (let seed = 0; seed < (LONG ? 60 : 12); seed++) {
      const random = seeded(seed);
      const upTo = (n: number) => 1 + Math.floor(random() * n);
      const shape = Array.from({ length: upTo(4) }, () => upTo(9));
      const axes = shape.flatMap((_, axis) => (random() < 0.5 ? [axis] : []));
      const other = shape.map((n) => (random() < 0.5 ? n : 1));
      const along = upTo(shape.length + 1) - 1;
      await compare([shape, other], (x, y) => [
        tf.exp(x),
        tf.log(tf.add(tf.square(x), 0.1)),
        tf.max(x, axes),
        tf.maximum(x, y),
        tf.cast(tf.greaterEqual(x, y), 'float32'),
        tf.stack([x, x], along),
        tf.gather(x, tf.tensor1d([shape[0]! - 1, 0], 'int32')),
      ]);
    }
  });

  it('NaN and infinities as on the CPU backend', async () => {
    const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, -1, 100, -110, 1e-40];
    const compute = () => {
      const x = tf.tensor1d(special);
      const [columns, rows] = [tf.reshape(x, [9, 1]), tf.reshape(x, [1, 9])];
      return [
        ...[tf.exp(x), tf.log(x), tf.step(x), tf.relu(x), tf.maximum(columns, rows), tf.max(tf.add(columns, rows), 1)],
        ...[tf.equal(columns, rows), tf.greaterEqual(columns, rows)].map((truth) => tf.cast(truth, 'float32')),
      ];
    };
    const expected = onCpu(compute);
    const actual = tf.tidy(compute);
    for (const [i, tensor] of actual.entries()) {
      const { data } = await valuesOf(tensor);
      // e^100 is infinite in float32, and the other finite numbers differ in the last digit at most.
      expected[i]!.data.forEach((value, j) => {
        if (Number.isFinite(value)) expect(Math.abs(data[j]! - value)).toBeLessThanOrEqual(2e-7 * Math.abs(value));
        else expect(data[j], `output ${i}, number ${j}`).toBe(value);
      });
    }
    tf.dispose(actual);
  });

  it('what nothing was generated for', async () => {
    await compare([[6, 5]], (x) => {
      const { values, indices } = tf.topk(x, 3);
      return [
        values,
        tf.cast(indices, 'float32'),
        tf.min(x, 1),
        tf.where(tf.greater(x, 0), x, tf.zerosLike(x)),
        tf.pow(tf.square(x), 1.5),
        tf.tile(x, [2, 3]),
      ];
    });
  });

  it('whole numbers and truth values', async () => {
    await compare([[6, 5]], (x) => {
      const whole = tf.cast(tf.mul(x, 10), 'int32');
      return [
        tf.cast(tf.add(whole, whole), 'float32'),
        tf.cast(tf.equal(whole, 3), 'float32'),
        tf.gather(x, tf.tensor1d([3, 0, 3], 'int32')),
      ];
    });
  });

  it('an empty tensor', async () => {
    await compare([[0, 5]], (x) => [tf.add(x, x), tf.sum(x, 0), tf.neg(x)]);
  });

  it('refuses updates of another shape, which would write into other tensors', () => {
    const target = tf.tidy(() => tf.variable(tf.zeros([3]), false));
    const velocity = tf.tidy(() => tf.variable(tf.zeros([3]), false));
    const [online, scalars] = [tf.ones([4]), tf.tensor1d([0.1])];
    expect(() => assignInPlace([{ target, online }])).toThrow(/Shapes 3 and 4/);
    expect(() => movingAverage([{ target, online }], scalars, 0)).toThrow(/Shapes 3 and 4/);
    const update = { weight: target, velocity, gradient: online, rate: 0 };
    expect(() => sgdUpdate([update], scalars, { momentum: 0.9, weightDecay: 0 })).toThrow(/Shapes 3 and 4/);
    tf.dispose([target, velocity, online, scalars]);
  });

  it('keeps numbers that grew out of a small memory', async () => {
    const first = tf.fill([1000], 7);
    const large = Array.from({ length: 12 }, (_, i) => tf.fill([1 << 18], i));
    expect((await first.data())[999]).toBe(7);
    for (const [i, tensor] of large.entries()) expect((await tensor.data())[1000]).toBe(i);
    const held = wasmBackend().heap.usedBytes;
    tf.dispose(large);
    expect(held - wasmBackend().heap.usedBytes).toBe(12 * 4 * (1 << 18));
    first.dispose();
  });
});
