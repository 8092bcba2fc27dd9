import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { METHOD_NAMES, type MethodName } from '../../src/domain/methods/registry';
import { liveSettingsOf, type RunConfig } from '../../src/domain/runConfig';
import { createMethod } from '../../src/engine/methods/registry';
import { SCALAR, SCALARS } from '../../src/engine/methods/stepInputs';
import { GradientMean } from '../../src/engine/optim/gradientMean';
import { Sgd } from '../../src/engine/optim/sgd';
import { Trainer } from '../../src/engine/run/trainer';
import { computeGradients, preparePart, trainPart, updateByMean } from '../../src/engine/step/trainStep';
import { maxError } from '../fixtures/golden';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { expectSameReports, interrupted, trainedOn } from '../setup/resumedRuns';
import { disposeStepInputs, stepInputs } from '../setup/stepInputs';
import { syntheticDataset } from '../setup/syntheticDataset';

const PARTS = 3;

function configOf(method: MethodName): RunConfig {
  return smallRun({ method, batchSize: 12, microBatches: PARTS });
}

const dataset = syntheticDataset(40);

async function lossesOf(config: RunConfig, steps: number, recordSteps: boolean): Promise<number[]> {
  const losses: number[] = [];
  const trainer = new Trainer(
    dataset,
    config,
    [],
    ({ kind, value }) => {
      if (kind === 'measurements') losses.push(...value.flatMap(({ loss }) => (loss === undefined ? [] : [loss])));
    },
    { recordSteps },
  );
  for (let t = 0; t < steps; t++) await trainer.advance();
  await trainer.flush();
  trainer.dispose();
  return losses;
}

describeOnEngines(['webgpu', 'wasm'], 'gradient accumulation', (engine) => {
  it.each(sampleOf(METHOD_NAMES, (name) => name === 'byol'))(
    'of %s makes one update by the mean of its parts’ gradients',
    async (name) => {
      const config = { ...configOf(name), smallCrops: 0, queueLength: 0 };
      const live = liveSettingsOf(config);
      const [expected, method] = [createMethod(config, { count: 12 }), createMethod(config, { count: 12 })];
      const parts = Array.from({ length: PARTS }, (_, i) =>
        [0, 1].map((view) => tf.randomNormal<tf.Rank.R4>([4, 32, 32, 3], 0, 1, 'float32', 10 * i + view)),
      ).map(([x1, x2]) => stepInputs(x1!, x2!));
      const optimisers = [0, 1].map(() => new Sgd({ momentum: 0.9, weightDecay: 1e-4 }));
      const trained = method.trained(live, 0);
      const byHand = expected.trained(live, 0);
      optimisers[0]!.prepare(byHand);
      optimisers[1]!.prepare(trained);
      const mean = new GradientMean();
      preparePart(mean, trained);
      // Momentum shows in the second update whether the first was made once.
      for (let step = 0; step < 2; step++) {
        const loss = tf.tidy(() => {
          const all = parts.map((inputs) => computeGradients(expected, inputs, live));
          const meanLoss = tf.div(tf.addN(all.map(({ output }) => output.loss)), PARTS);
          const scalars = parts[0]!.scalars;
          optimisers[0]!.step(
            byHand.flatMap(({ name: parameter, variable }) => {
              const gradients = all.flatMap(({ gradients: of }) => of.get(parameter) ?? []);
              if (gradients.length === 0) return [];
              return [{ name: parameter, variable, gradient: tf.div(tf.addN(gradients), PARTS), rate: 0 }];
            }),
            scalars,
          );
          expected.afterUpdate?.(scalars);
          for (const { output } of all) tf.dispose(Object.values(output));
          return meanLoss;
        });
        let withGradient: ReadonlySet<string> = new Set();
        parts.forEach((inputs, i) => {
          const scalars = tf.tensor1d(
            Array.from({ length: SCALARS }, (_, at) => (at === SCALAR.earlierParts ? i / (i + 1) : 0)),
          );
          withGradient = trainPart(method, mean, { ...inputs, scalars }, live);
          scalars.dispose();
        });
        const metrics = updateByMean(method, optimisers[1]!, mean, trained, withGradient, parts[0]!.scalars);
        expect((await metrics.data())[0]! / (await loss.data())[0]!).toBeCloseTo(1, 5);
        tf.dispose([metrics, loss]);
      }
      for (const [key, variable] of expected.parameters.entries()) {
        const ours = await method.parameters.get(key).data();
        expect(maxError(ours, await variable.data()), key).toBeLessThan(1e-4);
      }
      for (const inputs of parts) {
        disposeStepInputs(inputs);
        tf.dispose([inputs.x1, inputs.x2]);
      }
      for (const owned of [expected, method, mean, ...optimisers]) owned.dispose();
    },
  );

  it('a value that is not finite does not stay in the mean once it is cleared', async () => {
    const mean = new GradientMean();
    mean.prepare([{ name: 'w', shape: [2] }]);
    const [scalars, bad, good] = [tf.zeros<tf.Rank.R1>([SCALARS]), tf.tensor1d([Number.NaN, 1]), tf.tensor1d([2, 3])];
    mean.add(new Map([['w', bad]]), scalars, SCALAR.earlierParts);
    mean.clear();
    mean.add(new Map([['w', good]]), scalars, SCALAR.earlierParts);
    expect([...(await mean.get('w').data())]).toEqual([2, 3]);
    tf.dispose([scalars, bad, good]);
    mean.dispose();
    expect(() => mean.get('w')).toThrow('not prepared');
  });

  it('gives the same losses recorded as op by op, others than with whole batches, and leaks nothing', async () => {
    const config = { ...configOf('simsiam'), knn: { ...configOf('simsiam').knn, every: 0 } };
    const before = tf.memory().numTensors;
    const recorded = await lossesOf(config, 5, true);
    expect(recorded).toHaveLength(5);
    expect(tf.memory().numTensors).toBe(before);
    expect(recorded).toEqual(await lossesOf(config, 5, false));
    expect(recorded).not.toEqual(await lossesOf({ ...config, microBatches: 1 }, 5, true));
  });

  it('a run goes on from a checkpoint to the same numbers', async () => {
    const config = configOf('byol');
    const info = await startTestEngine(engine as 'webgpu' | 'wasm');
    const whole = await interrupted(info, config);
    expectSameReports(whole, await trainedOn(info, whole.bytes), config);
  });
});
