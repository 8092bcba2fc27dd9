import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import { liveSettingsOf } from '../../src/domain/runConfig';
import type { Method } from '../../src/engine/methods/method';
import { createMethod } from '../../src/engine/methods/registry';
import { networkLayersOf } from '../../src/engine/network/networkLayers';
import { torchvisionNames } from '../../src/engine/network/torchvisionNames';
import { computeGradients } from '../../src/engine/step/trainStep';
import { decode, type GoldenTensor, loadGolden, maxError } from '../fixtures/golden';
import { describeOnEngines, type TestEngine } from '../setup/engine';
import { drawn, type Pins, pinnedError, pinsOf, type Range } from '../setup/hashedValues';
import { disposeStepInputs, stepInputs } from '../setup/stepInputs';

interface Case {
  readonly backbone: 'resnet18' | 'resnet50';
  readonly seed: number;
  readonly side: number;
  readonly batch: number;
  /** Width of projector and outputs, and of the predictor's hidden layer. */
  readonly heads: readonly [number, number];
  readonly ranges: Readonly<Record<string, Range>>;
  readonly loss: number;
  /** Features of view 1, by BN's moving statistics and by those of the batch. */
  readonly inferred: GoldenTensor;
  readonly trained: GoldenTensor;
  readonly z1: Pins;
  readonly p2: Pins;
  readonly gradients: Readonly<Record<string, Pins>>;
}

const { cases } = loadGolden<{ cases: readonly Case[] }>('resnets');

/** Squares of a side of an image, each of one colour. */
const GRID = 8;

/** Noise on squares, so that the images differ as a whole. */
function imagesOf({ seed, batch, side }: Case, name: string): tf.Tensor4D {
  const squares = drawn(`${seed}/${name}.squares`, batch * GRID * GRID * 3, [0, 0, 1]);
  const values = drawn(`${seed}/${name}.noise`, batch * side * side * 3, [0, 0, 0.5]);
  for (let i = 0; i < values.length; i++) {
    const [channel, pixel] = [i % 3, Math.floor(i / 3)];
    const [column, row, image] = [pixel % side, Math.floor(pixel / side) % side, Math.floor(pixel / side ** 2)];
    const square = (image * GRID + Math.floor((row * GRID) / side)) * GRID + Math.floor((column * GRID) / side);
    values[i] = squares[square * 3 + channel]! + values[i]!;
  }
  return tf.tensor4d(values, [batch, side, side, 3]);
}

/** SimSiam with the weights of the reference, and torchvision's names by ours. */
function methodOf({ backbone, seed, side, heads, ranges }: Case): { method: Method; theirs: Map<string, string> } {
  const config = {
    ...presetConfig('imagenet', 'folder'),
    backbone,
    imageSize: side as 64 | 224,
    projectorHidden: heads[0],
    outputDim: heads[0],
    predictorHidden: heads[1],
    headBatchNorm: 'output' as const,
    convolutionInit: 'uniformFanIn' as const,
  };
  expect(config).toMatchObject({ stem: 'imagenet', projectorLayers: 3, predictor: 'trained' });
  const method = createMethod(config, { count: 1 });
  const { backbone: network, projector, predictor } = networkLayersOf(config);
  const names = torchvisionNames([...network.layers, ...projector, ...predictor]);
  expect(names.map(({ torchvision }) => torchvision).sort()).toEqual(Object.keys(ranges).sort());
  for (const { ours, torchvision, shape } of names) {
    const values = drawn(`${seed}/${torchvision}`, tf.util.sizeFromShape([...shape]), ranges[torchvision]!);
    tf.tidy(() => method.parameters.get(ours).assign(tf.tensor(values, [...shape])));
  }
  return { method, theirs: new Map(names.map(({ ours, torchvision }) => [ours, torchvision])) };
}

/** Largest errors as shares of the norm; of the features it is 1e-4 of the largest. */
interface Tolerances {
  /** Of z and p. */
  readonly outputs: number;
  readonly gradients: number;
}

/** torchvision's ResNets with images of this side on these engines. */
export function resnetSuite(engines: readonly TestEngine[], side: number, tolerances: Tolerances): void {
  describeOnEngines(engines, 'SimSiam with torchvision’s ResNets', () => {
    it.each(cases.filter((one) => one.side === side))(
      'features, loss and every gradient: $backbone, $side px',
      async (golden) => {
        const { method, theirs } = methodOf(golden);
        const [x1, x2] = [imagesOf(golden, 'x1'), imagesOf(golden, 'x2')];
        const live = liveSettingsOf(presetConfig('imagenet', 'folder'));
        const inferred = tf.tidy(() => method.embed(x1, 'infer').features);
        expect(maxError(await inferred.data(), decode(golden.inferred)), 'features').toBeLessThan(1e-4);
        const inputs = stepInputs(x1, x2);
        tf.engine().startScope();
        const { output, gradients } = computeGradients(method, inputs, live);
        for (const gradient of gradients.values()) tf.keep(gradient);
        tf.engine().endScope();
        const features = (await output.features.data()).subarray(0, decode(golden.trained).length);
        expect(maxError(features, decode(golden.trained)), 'features in training').toBeLessThan(1e-4);
        const errorOf = async (name: string, value: tf.Tensor, expected: Pins) =>
          pinnedError(pinsOf(name, (await value.data()) as Float32Array, expected), expected);
        expect(await errorOf('z1', output.z1, golden.z1), 'z1').toBeLessThan(tolerances.outputs);
        expect(await errorOf('p2', output.p2!, golden.p2), 'p2').toBeLessThan(tolerances.outputs);
        expect(Math.abs((await output.loss.data())[0]! - golden.loss), 'loss').toBeLessThan(1e-5);
        const errors = new Map<string, number>();
        for (const [ours, gradient] of gradients) {
          const name = theirs.get(ours)!;
          errors.set(name, await errorOf(name, gradient, golden.gradients[name]!));
        }
        expect([...errors.keys()].sort()).toEqual(Object.keys(golden.gradients).sort());
        const [name, largest] = [...errors].reduce((worst, one) => (one[1] <= worst[1] ? worst : one));
        expect(largest, `gradient of ${name}`).toBeLessThan(tolerances.gradients);
        tf.dispose([...gradients.values(), ...Object.values(output), inferred, x1, x2]);
        disposeStepInputs(inputs);
        method.dispose();
      },
    );
  });
}
