import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { type Freezing, isFrozen } from '../../src/domain/backbones/freezing';
import { indicesOf, TRAIN } from '../../src/domain/imageDataset';
import type { MethodName } from '../../src/domain/methods/registry';
import { liveSettingsOf, type RunConfig } from '../../src/domain/runConfig';
import { BatchSampler } from '../../src/engine/images/batchSampler';
import { ImageSource } from '../../src/engine/images/imageSource';
import { createMethod } from '../../src/engine/methods/registry';
import { seededRandom } from '../../src/engine/random';
import { readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { withMeasuredWith } from '../../src/engine/run/checkpoint/measuredWith';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { encoderOf } from '../../src/engine/run/export/encoderWeights';
import { beginWith, startingWith } from '../../src/engine/run/startingWeights';
import { Trainer } from '../../src/engine/run/trainer';
import { computeGradients } from '../../src/engine/step/trainStep';
import { maxError } from '../fixtures/golden';
import { smallRun } from '../setup/checkpoints';
import { drawnEncoder } from '../setup/encoders';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { expectSameReports, interrupted, trainedOn } from '../setup/resumedRuns';
import { disposeStepInputs, stepInputs } from '../setup/stepInputs';
import { syntheticDataset } from '../setup/syntheticDataset';

const dataset = syntheticDataset(40);
const weights = drawnEncoder();
const start = startingWith(weights, { name: 'drawn.safetensors', fingerprint: 'ab'.repeat(32) });

const QUIET = { knn: { every: 0, k: 5, temperature: 0.1, bank: 16, queries: 8 }, probe: { every: 0, images: 16 } };

async function valuesOf({ entries }: { readonly entries: readonly (readonly [string, tf.Tensor])[] }) {
  const read = entries.map(async ([name, tensor]) => [name, Float32Array.from(await tensor.data())] as const);
  return new Map(await Promise.all(read));
}

/** The parameters before and after some steps from the drawn weights. */
async function changedBy(change: Partial<RunConfig>, steps: number) {
  const losses: number[] = [];
  const emit: ConstructorParameters<typeof Trainer>[3] = ({ kind, value }) => {
    if (kind === 'measurements') losses.push(...value.flatMap(({ loss }) => (loss === undefined ? [] : [loss])));
  };
  const trainer = new Trainer(dataset, smallRun({ ...QUIET, ...change }), [], emit, { start });
  const read = async () => {
    const snapshot = await trainer.take();
    const { parameters, momentum } = snapshot;
    const values = await valuesOf({ entries: [...parameters] });
    const velocities = new Set(momentum.keys());
    tf.dispose([...parameters.values(), ...momentum.values()]);
    return { values, velocities };
  };
  const before = await read();
  for (let i = 0; i < steps; i++) await trainer.advance();
  const after = await read();
  trainer.dispose();
  return { before: before.values, after: after.values, velocities: after.velocities, losses };
}

const isMoving = (name: string) => name.includes('.moving_');
const isSame = (a: Float32Array | undefined, b: Float32Array | undefined) =>
  a !== undefined && b !== undefined && a.every((value, i) => Object.is(value, b[i]));

/** Whether a tensor of the online network or of the momentum encoder stays. */
function stays(name: string, freezing: Freezing): boolean {
  const own = name.replace(/^target\./, '');
  return isFrozen(isMoving(own) ? own.replace(/moving_\w+$/, 'gamma') : own, freezing);
}

describeOnEngines(['cpu', 'webgpu', 'wasm'], 'fine-tuning', (engine) => {
  it.each<readonly [MethodName, Freezing]>(
    sampleOf(
      [
        ['simsiam', { frozenStages: 2, frozenBatchNorm: false }],
        ['byol', { frozenStages: 1, frozenBatchNorm: true }],
        ['swav', { frozenStages: 0, frozenBatchNorm: true }],
        ['simclr', { frozenStages: 4, frozenBatchNorm: false }],
        ['barlowTwins', { frozenStages: 3, frozenBatchNorm: true }],
      ],
      ([name]) => name === 'byol' || (engine === 'wasm' && name === 'swav'),
    ),
  )('of %s leaves what is frozen (%j) as it was, to the bit, and trains the rest', async (method, freezing) => {
    const { before, after, velocities, losses } = await changedBy({ method, ...freezing }, engine === 'cpu' ? 1 : 3);
    expect(losses.every(Number.isFinite)).toBe(true);
    const changed: string[] = [];
    for (const [name, values] of after) {
      if (stays(name, freezing)) expect(isSame(values, before.get(name)), name).toBe(true);
      else if (!isSame(values, before.get(name))) changed.push(name);
    }
    expect(changed.some((name) => name.startsWith('projector.'))).toBe(true);
    const backbone = [...after.keys()].filter((name) => /^encoder\..*kernel$/.test(name) && !stays(name, freezing));
    expect(changed).toEqual(expect.arrayContaining(backbone));
    expect([...velocities].filter((name) => stays(name, freezing))).toEqual([]);
  });

  it('has the gradient of the loss through frozen BN, and none for what is frozen', async () => {
    const config = smallRun({ frozenStages: 1, frozenBatchNorm: true, stopGradient: false });
    const method = createMethod(config, { count: 8 });
    beginWith(weights.tensors, method.parameters, config);
    const [x1, x2] = [1, 2].map((seed) => tf.randomNormal<tf.Rank.R4>([8, 32, 32, 3], 0, 1, 'float32', seed));
    const inputs = stepInputs(x1!, x2!);
    const kernel = 'encoder.stage2.block0.conv1.kernel';
    const variable = method.parameters.get(kernel);
    const computed = () =>
      tf.tidy(() => {
        const { output, gradients } = computeGradients(method, inputs, liveSettingsOf(config));
        const loss = tf.add(output.loss, 0);
        tf.dispose(Object.values(output));
        return { loss, gradient: gradients.get(kernel)!, names: [...gradients.keys()] };
      });
    const { loss, gradient, names } = computed();
    expect(names.filter((name) => isFrozen(name, config))).toEqual([]);
    expect(names).toContain(kernel);
    const norm = Math.hypot(...(await gradient.data()));
    expect(norm).toBeGreaterThan(1e-4);
    const kept = tf.add(variable, 0);
    const lossAt = async (distance: number) => {
      const moved = tf.tidy(() => tf.add(kept, tf.mul(gradient, distance / norm)));
      method.parameters.restore(new Map([[kernel, moved]]));
      const at = computed();
      const [value] = await at.loss.data();
      tf.dispose([moved, at.loss, at.gradient]);
      return value!;
    };
    // Small, since the ReLUs bend the loss.
    const distance = 2e-4;
    const slope = ((await lossAt(distance)) - (await lossAt(-distance))) / (2 * distance);
    expect(slope / norm).toBeGreaterThan(0.98);
    expect(slope / norm).toBeLessThan(1.02);
    tf.dispose([loss, gradient, kept, x1!, x2!]);
    disposeStepInputs(inputs);
    method.dispose();
  });

  it('gives the backbone its share of the learning rate', async () => {
    const rest = { momentum: 0, weightDecay: 0 };
    const [all, tenth] = [await changedBy({ ...rest }, 1), await changedBy({ ...rest, backboneRate: 0.1 }, 1)];
    expect(tenth.losses).toEqual(all.losses);
    const update = ({ before, after }: typeof all, name: string) =>
      after.get(name)!.map((value, i) => value - before.get(name)![i]!);
    const kernel = 'encoder.stage1.block0.conv1.kernel';
    expect(
      maxError(
        update(tenth, kernel).map((value) => 10 * value),
        update(all, kernel),
      ),
    ).toBeLessThan(1e-3);
    const head = [...all.after.keys()].find((name) => /^projector\..*kernel$/.test(name))!;
    expect(isSame(tenth.after.get(head), all.after.get(head))).toBe(true);
  });

  it('begins with the loss that the weights have on views normalised as theirs', async () => {
    const config = smallRun({ ...QUIET, method: 'byol' });
    const { losses } = await changedBy({ method: 'byol' }, 1);
    const method = createMethod(config, { count: 32 });
    beginWith(weights.tensors, method.parameters, config);
    const source = new ImageSource(dataset, config, weights.normalisation);
    const { images, positions } = new BatchSampler(indicesOf(dataset, TRAIN), config.batchSize, config.seed).batch(0);
    const [x1, x2] = source.views(images, config.augment, seededRandom(config.seed, 'augment', 0));
    expect(positions).toHaveLength(config.batchSize);
    const inputs = stepInputs(x1, x2);
    const loss = tf.tidy(() => {
      const { output } = computeGradients(method, inputs, liveSettingsOf(config));
      const value = tf.add(output.loss, 0);
      tf.dispose(Object.values(output));
      return value;
    });
    expect(losses[0]! / (await loss.data())[0]!).toBeCloseTo(1, 4);
    for (const [name, { values }] of weights.tensors) {
      if (!name.startsWith('encoder.') || isMoving(name)) continue;
      for (const at of [name, `target.${name}`]) {
        expect(isSame(Float32Array.from(await method.parameters.get(at).data()), values), at).toBe(true);
      }
    }
    tf.dispose([x1, x2, loss]);
    disposeStepInputs(inputs);
    method.dispose();
  });
});

describeOnEngines(['wasm'], 'a run from weights', (engine) => {
  it('goes on from a checkpoint to the same numbers, without the weights', async () => {
    const config = smallRun({ method: 'byol', backboneRate: 0.1, frozenStages: 1, frozenBatchNorm: true });
    const info = await startTestEngine(engine as 'wasm');
    const whole = await interrupted(info, config, { start });
    expect(readCheckpoint(whole.bytes).warmStart).toEqual(start.identity);
    expectSameReports(whole, await trainedOn(info, whole.bytes), config);
  });

  it('is measured, and exported, with the normalisation of the weights and the statistics of frozen BN', async () => {
    const config = smallRun({ ...QUIET, frozenBatchNorm: true });
    const info = await startTestEngine(engine as 'wasm');
    const trainer = new Trainer(dataset, config, [], () => undefined, { start });
    await trainer.prepare();
    await trainer.advance();
    const { normalisation, tensors } = encoderOf(await withMeasuredWith(await saveRun(trainer, info), trainer));
    trainer.dispose();
    expect(normalisation).toEqual(weights.normalisation);
    const name = 'encoder.stage2.block0.bn1.moving_mean';
    expect([...tensors.get(name)!.values]).toEqual([...weights.tensors.get(name)!.values]);
  });

  it('says which tensor does not fit the backbone', () => {
    const other = { ...smallRun(QUIET), backbone: 'small' } as const;
    expect(() => new Trainer(dataset, other, [], () => undefined, { start })).toThrow(
      /do not fit the network .*“encoder\.stem\.conv\.kernel” has the shape \[3, 3, 3, 8\], expected \[3, 3, 3, 16\]/,
    );
  });
});
