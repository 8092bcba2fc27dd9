import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { withVariant } from '../../../src/engine/kernels/conv2d/choice';
import { trainingConv2d } from '../../../src/engine/kernels/conv2d/conv2d';
import { conv2dFilterGradient, plainFilterGradient } from '../../../src/engine/kernels/conv2d/filterGradient';
import { convGeometry, yShapeOf } from '../../../src/engine/kernels/conv2d/geometry';
import { conv2dInputGradient, plainInputGradient } from '../../../src/engine/kernels/conv2d/inputGradient';
import {
  CONV_PASSES,
  type ConvPass,
  type ConvVariant,
  nameOf,
  variantsOf,
} from '../../../src/engine/kernels/conv2d/variants';
import { currentDevice } from '../../../src/engine/kernels/runtime/subgroups';
import { LONG, sampleOf } from '../../setup/matrix';
import { describeOnGpu, expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
}

const label = (c: Case) =>
  `${c.batch} x ${c.height} x ${c.width} x ${c.inChannels} -> ${c.outChannels}, kernel ${c.kernel}, stride ${c.stride}`;

type Choose = (pass: ConvPass) => readonly ConvVariant[];

/** The variants that compute a case: all matching ones, or the one in use. */
const IN_USE: Choose = () => [];
const matching =
  (wanted: (variant: ConvVariant) => boolean): Choose =>
  (pass) =>
    variantsOf(pass, currentDevice()).filter(wanted);
const first =
  (scheme: ConvVariant['scheme']): Choose =>
  (pass) =>
    matching((variant) => variant.scheme === scheme)(pass).slice(0, 1);
const ALL = matching(() => true);

/** Compares forward pass and both gradients with tfjs's CPU backend, for each of the variants. */
async function compare(c: Case, random: () => number, choose: Choose = IN_USE): Promise<void> {
  const xShape = [c.batch, c.height, c.width, c.inChannels] as [number, number, number, number];
  const kernelShape = [c.kernel, c.kernel, c.inChannels, c.outChannels] as [number, number, number, number];
  const pad = (c.kernel - 1) / 2;
  const geometry = convGeometry(xShape, kernelShape, c.stride, pad);
  const yShape = yShapeOf(geometry);
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b);
  const xValues = normalValues(size(xShape), random);
  const kernelValues = normalValues(size(kernelShape), random);
  const dyValues = normalValues(size(yShape), random);
  const tensors = () => ({
    x: tf.tensor4d(xValues, xShape),
    kernel: tf.tensor4d(kernelValues, kernelShape),
    dy: tf.tensor4d(dyValues, yShape),
  });
  const [y, dx, dKernel] = onCpu(() => {
    const { x, kernel, dy } = tensors();
    return [
      tf.conv2d(x, kernel, c.stride, pad),
      plainInputGradient(dy, kernel, geometry),
      plainFilterGradient(x, dy, geometry),
    ];
  });
  const { x, kernel, dy } = tensors();
  const passes = {
    forward: { expected: y!, run: () => trainingConv2d(x, kernel, c.stride, pad) },
    inputGradient: { expected: dx!, run: () => conv2dInputGradient(dy, kernel, xShape, c.stride, pad) },
    filterGradient: { expected: dKernel!, run: () => conv2dFilterGradient(x, dy, kernelShape, c.stride, pad) },
  };
  for (const pass of CONV_PASSES) {
    const { expected, run } = passes[pass];
    const variants = choose(pass);
    const results = variants.length === 0 ? [run()] : variants.map((variant) => withVariant(() => variant, run));
    for (const [i, result] of results.entries()) {
      const name = variants[i] === undefined ? '' : nameOf(variants[i]);
      expectClose(await valuesOf(result), expected, { label: `${label(c)}: ${pass} ${name}` });
    }
    tf.dispose(results);
  }
  tf.dispose([x, kernel, dy]);
}

describeOnGpu('conv2d kernels', () => {
  const channelPairs = [
    [1, 1],
    [3, 16],
    [5, 3],
    [16, 5],
    [16, 16],
    [24, 100],
    [100, 24],
    [3, 100],
  ] as const;
  const sizes = [
    { batch: 2, height: 8, width: 8 },
    { batch: 1, height: 7, width: 5 },
    { batch: 3, height: 4, width: 13 },
  ];
  const schemes = ['strip', 'broadcast', 'tile'] as const;
  const oneOfEach: Choose = (pass) => schemes.flatMap((scheme) => first(scheme)(pass));
  // Fewer channels than the width of a tile, and more than one tile.
  const pairs = sampleOf(channelPairs, ([cin, cout]) => (cin === 5 && cout === 3) || cin === 100);
  const windows = [
    { kernel: 3, stride: 1 },
    { kernel: 3, stride: 2 },
    { kernel: 1, stride: 1 },
    { kernel: 1, stride: 2 },
  ];
  /** One size alone has every window in the short run. */
  const shapes = sampleOf(
    sizes.flatMap((size, s) => windows.map((window, w) => ({ ...size, ...window, stands: s === 2 || w === s }))),
    ({ stands }) => stands,
  );
  it.each(schemes.flatMap((scheme) => pairs.map(([cin, cout]) => [scheme, cin, cout] as const)))(
    '%s equals the CPU backend: %i -> %i channels',
    async (scheme, inChannels, outChannels) => {
      const random = seeded(inChannels * 1000 + outChannels);
      const before = tf.memory().numTensors;
      for (const { stands: _, ...shape } of shapes) {
        await compare({ ...shape, inChannels, outChannels }, random, first(scheme));
      }
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it.each([
    { batch: 3, height: 9, width: 11, inChannels: 20, outChannels: 24, kernel: 3, stride: 1 },
    { batch: 3, height: 9, width: 10, inChannels: 20, outChannels: 24, kernel: 3, stride: 2 },
    { batch: 37, height: 1, width: 1, inChannels: 64, outChannels: 20, kernel: 1, stride: 1 },
  ])('every variant equals the CPU backend: kernel $kernel, stride $stride', async (c) => {
    await compare(c, seeded(7), ALL);
  });

  it.each([
    { batch: 1, height: 1, width: 1, inChannels: 8, outChannels: 8, kernel: 3, stride: 1 },
    { batch: 1, height: 1, width: 1, inChannels: 4, outChannels: 4, kernel: 3, stride: 2 },
    { batch: 3, height: 4, width: 4, inChannels: 8, outChannels: 12, kernel: 3, stride: 1 },
    { batch: 8, height: 32, width: 32, inChannels: 16, outChannels: 16, kernel: 3, stride: 1 },
    { batch: 64, height: 1, width: 1, inChannels: 512, outChannels: 260, kernel: 1, stride: 1 },
  ])('equal the CPU backend at the edges: $batch x $height x $width, kernel $kernel, stride $stride', async (c) => {
    await compare(c, seeded(11), oneOfEach);
  });

  const layersOfResNets = [
    { batch: 2, height: 13, width: 12, inChannels: 3, outChannels: 20, kernel: 7, stride: 2 },
    { batch: 2, height: 7, width: 7, inChannels: 64, outChannels: 68, kernel: 3, stride: 2 },
    { batch: 1, height: 7, width: 7, inChannels: 512, outChannels: 512, kernel: 3, stride: 2 },
    { batch: 1, height: 14, width: 14, inChannels: 256, outChannels: 512, kernel: 3, stride: 2 },
    { batch: 1, height: 7, width: 7, inChannels: 2048, outChannels: 512, kernel: 1, stride: 1 },
    { batch: 1, height: 7, width: 7, inChannels: 512, outChannels: 2048, kernel: 1, stride: 1 },
    { batch: 2, height: 7, width: 5, inChannels: 1024, outChannels: 2048, kernel: 1, stride: 2 },
    { batch: 2, height: 14, width: 14, inChannels: 256, outChannels: 64, kernel: 1, stride: 1 },
  ];
  it.each(sampleOf(layersOfResNets, ({ outChannels }) => outChannels === 20))(
    'equal the CPU backend for layers of ResNets: $height x $width x $inChannels to $outChannels, kernel $kernel, stride $stride',
    async (c) => {
      await compare(c, seeded(13), LONG ? oneOfEach : first('tile'));
      await compare(c, seeded(14));
    },
  );

  it('cover more positions than one dimension of a dispatch has workgroups for', async () => {
    // A tile has 16 rows and more, a subgroup 8 lanes on lavapipe with strips of 4 positions.
    const c: Case = { batch: 1, height: 1450, width: 1450, inChannels: 1, outChannels: 1, kernel: 1, stride: 1 };
    await compare(c, seeded(3), oneOfEach);
  });

  it.each([1, 1e-7])('in f16 differ by less than 0.05 % of their size, with gradients of size %d', async (size) => {
    const halves = (pass: ConvPass) => variantsOf(pass, currentDevice(), 'f16').filter(({ half }) => half);
    const random = seeded(5);
    const shapes = { x: [4, 9, 10, 20], kernel: [3, 3, 20, 24], dy: [4, 9, 10, 24] } as const;
    const values = (shape: readonly number[], scale: number) =>
      tf.tensor4d(
        normalValues(
          shape.reduce((a, b) => a * b),
          random,
        ).map((value) => scale * value),
        [...shape] as [number, number, number, number],
      );
    const [x, kernel, dy] = [values(shapes.x, 1), values(shapes.kernel, 0.1), values(shapes.dy, size)];
    const passes = {
      forward: () => trainingConv2d(x, kernel, 1, 1),
      inputGradient: () => conv2dInputGradient(dy, kernel, [4, 9, 10, 20], 1, 1),
      filterGradient: () => conv2dFilterGradient(x, dy, [3, 3, 20, 24], 1, 1),
    };
    for (const pass of CONV_PASSES) {
      const exact = passes[pass]();
      const expected = await exact.data();
      expect(halves(pass).length, 'the adapter has shader-f16').toBe(
        currentDevice().features.has('shader-f16') ? 4 : 0,
      );
      for (const variant of halves(pass)) {
        const rounded = withVariant(() => variant, passes[pass]);
        const got = await rounded.data();
        const norm = (list: ArrayLike<number>) => Math.sqrt(Array.from(list).reduce((sum, v) => sum + v * v, 0));
        const error = norm(Array.from(got, (value, i) => value - expected[i]!)) / norm(expected);
        // The relative error of each operand is at most 2^-11; an error of 0 would mean that f16 was not used.
        expect(error, `${pass} ${nameOf(variant)}`).toBeLessThan(5e-4);
        expect(error, `${pass} ${nameOf(variant)}`).toBeGreaterThan(1e-5);
        rounded.dispose();
      }
      exact.dispose();
    }
    tf.dispose([x, kernel, dy]);
  });

  it('equal the CPU backend on random shapes, each computed in one of the three ways', async () => {
    const seed = Number(process.env.SEED ?? 20201);
    const random = seeded(seed);
    const upTo = (n: number) => 1 + Math.floor(random() * n);
    for (let i = 0; i < (LONG ? 40 : 6); i++) {
      const c: Case = {
        batch: upTo(4),
        height: upTo(12),
        width: 4 + upTo(15),
        inChannels: upTo(36),
        outChannels: upTo(36),
        kernel: random() < 0.4 ? 1 : 3,
        stride: upTo(2),
      };
      // The schemes' first variants alone: each further one is seconds of compiling on a software adapter.
      const scheme = schemes[Math.floor(random() * schemes.length)]!;
      await compare(c, random, first(scheme));
    }
  });

  it('the same input gives the same bits', async () => {
    const x = tf.randomNormal<tf.Rank.R4>([4, 16, 16, 16], 0, 1, 'float32', 3);
    const dy = tf.randomNormal<tf.Rank.R4>([4, 16, 16, 16], 0, 1, 'float32', 4);
    const first = conv2dFilterGradient(x, dy, [3, 3, 16, 16], 1, 1);
    const second = conv2dFilterGradient(x, dy, [3, 3, 16, 16], 1, 1);
    expect(await second.data()).toEqual(await first.data());
    tf.dispose([x, dy, first, second]);
  });

  it('refuses channels that disagree and kernels that do not fit', () => {
    const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 3]);
    expect(() => trainingConv2d(x, tf.zeros([3, 3, 4, 8]), 1, 1)).toThrow('3 channels');
    expect(() => trainingConv2d(x, tf.zeros([3, 3, 3, 8]), 1, 0)).toThrow('does not fit');
  });
});

describeOnGpu('conv2d op', () => {
  /** L = sum(conv(x, kernel) * probe). */
  const loss = (x: tf.Tensor4D, kernel: tf.Tensor4D, probe: tf.Tensor4D, stride: number) =>
    tf.sum(tf.mul(trainingConv2d(x, kernel, stride, 1), probe)) as tf.Scalar;

  it.each([1, 2])('gradients equal finite differences, stride %i', async (stride) => {
    const random = seeded(5);
    const xShape: [number, number, number, number] = [2, 4, 5, 3];
    const kernelShape: [number, number, number, number] = [3, 3, 3, 4];
    const xValues = normalValues(120, random);
    const kernelValues = normalValues(108, random);
    const out = stride === 1 ? 160 : 48;
    const probe = tf.tensor4d(normalValues(out, random), stride === 1 ? [2, 4, 5, 4] : [2, 2, 3, 4]);
    const at = async (xs: Float32Array, ks: Float32Array) => {
      const value = tf.tidy(() => loss(tf.tensor4d(xs, xShape), tf.tensor4d(ks, kernelShape), probe, stride));
      const [number] = await value.data();
      value.dispose();
      return number!;
    };
    const x = tf.tensor4d(xValues, xShape);
    const kernel = tf.tensor4d(kernelValues, kernelShape);
    const [dx, dKernel] = tf.grads((a, b) => loss(a as tf.Tensor4D, b as tf.Tensor4D, probe, stride))([x, kernel]);
    const gradients = [await dx!.data(), await dKernel!.data()];
    // The loss is linear in each input, so that the only error of a large difference is rounding.
    const step = 1;
    for (const [which, values] of [xValues, kernelValues].entries()) {
      for (let i = 0; i < values.length; i += 7) {
        const moved = (by: number) => values.map((v, j) => (i === j ? v + by : v));
        const side = (by: number) => (which === 0 ? at(moved(by), kernelValues) : at(xValues, moved(by)));
        const slope = ((await side(step)) - (await side(-step))) / (2 * step);
        expect(Math.abs(slope - gradients[which]![i]!)).toBeLessThan(2e-4);
      }
    }
    tf.dispose([x, kernel, dx!, dKernel!, probe]);
  });

  it('computes no input gradient where none is asked for, and leaks nothing', async () => {
    const x = tf.ones<tf.Rank.R4>([1, 4, 4, 4]);
    const kernel = tf.variable(tf.ones<tf.Rank.R4>([3, 3, 4, 4]));
    const run = async () => {
      const profile = await tf.profile(() => {
        const { value, grads } = tf.variableGrads(() => tf.sum(trainingConv2d(x, kernel, 1, 1)) as tf.Scalar, [kernel]);
        return [value, ...Object.values(grads)];
      });
      tf.dispose(profile.result);
      // Buffers that are released wait for the queue to be submitted, which reading a value does.
      const read = tf.add(kernel, 0);
      await read.data();
      read.dispose();
      return profile;
    };
    await run();
    const before = { ...tf.memory() } as tf.MemoryInfo & { numBytesInGPU: number };
    // The stem of a network: dx would come from a transposed copy of the kernel.
    expect((await run()).kernelNames).not.toContain('Transpose');
    const after = { ...tf.memory() } as tf.MemoryInfo & { numBytesInGPU: number };
    expect(after.numTensors).toBe(before.numTensors);
    expect(after.numBytesInGPU).toBe(before.numBytesInGPU);
    tf.dispose([x, kernel]);
  });

  it('runs on the plain backend too', async () => {
    const [plain] = onCpu(() => [
      tf.grad((x) => tf.sum(tf.square(trainingConv2d(x as tf.Tensor4D, tf.ones([3, 3, 2, 2]), 2, 1))))(
        tf.ones([1, 5, 5, 2]),
      ),
    ]);
    const ours = tf.tidy(() =>
      tf.grad((x) => tf.sum(tf.square(trainingConv2d(x as tf.Tensor4D, tf.ones([3, 3, 2, 2]), 2, 1))))(
        tf.ones([1, 5, 5, 2]),
      ),
    );
    expectClose(await valuesOf(ours), plain!);
    ours.dispose();
  });
});
