import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { liveSettingsOf } from '../../src/domain/runConfig';
import { ImageSource } from '../../src/engine/images/imageSource';
import { createMethod } from '../../src/engine/methods/registry';
import { knnAccuracy } from '../../src/engine/monitors/knn';
import { fromTorch } from '../../src/engine/network/export/torchLayout';
import { cosineDecay, scaledLearningRate, tauSchedule } from '../../src/engine/optim/schedule';
import { Sgd } from '../../src/engine/optim/sgd';
import { readCheckpoint, writeCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { withMeasuredWith } from '../../src/engine/run/checkpoint/measuredWith';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { encoderOf } from '../../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { readEncoder } from '../../src/engine/run/export/readEncoder';
import { projectFiles } from '../../src/engine/run/project/writeProject';
import { Trainer } from '../../src/engine/run/trainer';
import { trainStep } from '../../src/engine/step/trainStep';
import { elementsOf, readSafetensors } from '../../src/formats/safetensors';
import { writeZip } from '../../src/formats/zip/writeZip';
import { maxError } from '../fixtures/golden';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { describeWithPython, readFloats, scratchFolder, writeFloats } from '../setup/python';
import { disposeStepInputs, stepInputs } from '../setup/stepInputs';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONTINUE = join(import.meta.dirname, '../../continue');
const PROGRAMS = join(import.meta.dirname, '../setup/python');
const SIDE = 32;
const BATCH = 8;
/** Steps before the checkpoint, so that it has momentum and moved statistics. */
const AT = 2;

const METHODS = ['simsiam', 'byol'] as const;

/** Our name of a tensor of the PyTorch program. */
function ourName(theirs: string): string {
  const at = (prefix: string, name: string) =>
    name
      .replace(/^backbone\.conv1\./, 'encoder.stem.conv.')
      .replace(/^backbone\.bn1\./, 'encoder.stem.bn.')
      .replace(/^backbone\.layer(\d+)\.(\d+)\./, 'encoder.stage$1.block$2.')
      .replace('downsample.0.', 'shortcut.conv.')
      .replace('downsample.1.', 'shortcut.bn.')
      .replace(/(bn\d?)\.weight$/, '$1.gamma')
      .replace(/(bn\d?)\.bias$/, '$1.beta')
      .replace(/running_mean$/, 'moving_mean')
      .replace(/running_var$/, 'moving_variance')
      .replace(/weight$/, 'kernel')
      .replace(/^/, prefix);
  if (theirs.startsWith('target.')) return at('target.', theirs.slice('target.'.length));
  return theirs.startsWith('encoder.') ? at('', theirs.slice('encoder.'.length)) : at('', theirs);
}

describeOnEngines(['wasm'], 'continue/', () => {
  describeWithPython(['torch', 'numpy'], 'PyTorch', (run) => {
    const scratch = scratchFolder('continue');
    afterAll(() => scratch.remove());
    const at = (name: string) => join(scratch.path, name);
    const images = syntheticDataset(40);

    const configOf = (method: (typeof METHODS)[number]) =>
      smallRun({ method, batchSize: BATCH, headBatchNorm: 'output', projectorLayers: 3, baseLearningRate: 0.5 });

    /** A checkpoint in the folder. */
    async function checkpointed(method: (typeof METHODS)[number]) {
      const engine = await startTestEngine('wasm');
      const trainer = new Trainer(images, configOf(method), [], () => undefined);
      await trainer.prepare();
      while (trainer.step < AT) await trainer.advance();
      writeFileSync(at('checkpoint.safetensors'), writeCheckpoint(await saveRun(trainer, engine)));
      trainer.dispose();
      return readCheckpoint(readFileSync(at('checkpoint.safetensors')));
    }

    it.each(METHODS)('%s: a step on fixed views gives our weights, momentum and statistics', async (name) => {
      const { config, step, tensors } = await checkpointed(name);
      // Fixed views: the first images as x1, the next ones as x2, not normalised, so that they can be embedded below.
      const source = new ImageSource(images, config);
      const [x1, x2] = [0, BATCH].map((from) =>
        source.unnormalised(Uint32Array.from({ length: BATCH }, (_, i) => from + i)),
      ) as [tf.Tensor4D, tf.Tensor4D];
      for (const [i, x] of [x1, x2].entries()) writeFloats(at(`x${i + 1}.f32`), Float32Array.from(x.dataSync()));

      const method = createMethod(config, { count: images.count });
      const live = liveSettingsOf(config);
      const stored = (prefix: string) =>
        new Map(
          [...tensors]
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, tensor]) => [key.slice(prefix.length), tf.tensor(tensor.values, [...tensor.shape])]),
        );
      method.parameters.restore(stored('parameters/'));
      const sgd = new Sgd(config);
      sgd.prepare(method.trained(live, step));
      sgd.restore(stored('momentum/'));
      const initial = scaledLearningRate(config.baseLearningRate, BATCH);
      const inputs = stepInputs(x1, x2, {
        step,
        learningRate: cosineDecay(initial, step, config.totalSteps),
        tau: tauSchedule(config.tauBase, step, config.totalSteps),
      });
      const [loss] = await trainStep(method, sgd, inputs, live).data();
      disposeStepInputs(inputs);

      run([join(PROGRAMS, 'one_step.py'), CONTINUE, String(BATCH), String(SIDE)], scratch.path);
      const after = readSafetensors(readFileSync(at('after.safetensors'))).tensors;
      const theirs = (key: string) => {
        const tensor = after.get(key)!;
        return fromTorch({ shape: tensor.shape, values: elementsOf(key, tensor, 'F32') });
      };
      expect(Math.abs(theirs('loss').values[0]! - loss!)).toBeLessThan(1e-5);
      const compared = new Set<string>();
      for (const key of after.keys()) {
        const [, kind, parameter] = /^(state|momentum)\/(.*)$/.exec(key) ?? [];
        if (kind === undefined || parameter === undefined || parameter.endsWith('num_batches_tracked')) continue;
        const own = ourName(parameter);
        const tensor = kind === 'state' ? method.parameters.get(own) : sgd.velocity.get(own)!;
        // The tolerances of `test/parity/simsiamStepSuite.ts`.
        expect(maxError(theirs(key).values, tensor.dataSync(), kind === 'state' ? 1 : 1e-3), key).toBeLessThan(3e-4);
        compared.add(`${kind}/${own}`);
      }
      const ours = [
        ...method.parameters.entries().map(([own]) => `state/${own}`),
        ...[...sgd.velocity.keys()].map((own) => `momentum/${own}`),
      ];
      expect([...compared].sort()).toEqual(ours.sort());
      sgd.dispose();
      method.dispose();

      tf.dispose([x1, x2]);
      await expectSameFeaturesBack();
    });

    /** There and back: the encoder that PyTorch has written gives the features that it has there, and so the kNN. */
    async function expectSameFeaturesBack(): Promise<void> {
      const { encoder } = readEncoder(readFileSync(at('encoder.safetensors')));
      const frozen = new FrozenEncoder(encoder);
      const ours = (await frozen.embed(images, { batch: 2 * BATCH }).next()).value!.features.data;
      frozen.dispose();
      const theirs = readFloats(at('features.f32'));
      expect(maxError(ours, theirs)).toBeLessThan(1e-4);
      expect(await knnOf(ours)).toEqual(await knnOf(theirs));
    }

    /** Classes of the second half of the images by the first. */
    async function knnOf(features: Float32Array): Promise<number[]> {
      const d = features.length / (2 * BATCH);
      const rows = (half: number) => ({
        data: features.subarray(half * BATCH * d, (half + 1) * BATCH * d),
        n: BATCH,
        d,
      });
      const labelsOf = (half: number) => Array.from(images.labels!.subarray(half * BATCH, (half + 1) * BATCH));
      const { predicted } = await knnAccuracy({
        bank: rows(0),
        bankLabels: labelsOf(0),
        queries: rows(1),
        queryLabels: labelsOf(1),
        classes: images.classNames.length,
        k: 3,
        temperature: 0.1,
      });
      return [...predicted];
    }

    it('two processes of half a batch are one process that averages the gradients of two halves', async () => {
      await checkpointed('byol');
      const torchrun = ['-m', 'torch.distributed.run', '--redirects', '1', '--tee', '1', '--nproc_per_node', '2'];
      const text = run([...torchrun, join(PROGRAMS, 'two_processes.py'), CONTINUE], scratch.path);
      const [, moved, difference] = /moved (\S+) difference (\S+)/.exec(text) ?? [];
      expect(Number(moved)).toBeGreaterThan(0.01);
      expect(Number(difference)).toBeLessThan(1e-4);
    });

    it('refuses other methods and settings by name', async () => {
      const program = `import sys; sys.path.insert(0, ${JSON.stringify(CONTINUE)})
from lab_files import Refused, config_of
base = {'method': 'simsiam', 'symmetrization': 'symmetric', 'momentumEncoder': False, 'movingAverageTarget': False, 'alternation': 1, 'similarity': 'cosine'}
for change in ({'method': 'swav'}, {'alternation': 10}, {'symmetrization': 'asymmetric'}):
    try:
        config_of({'config': {**base, **change}, 'changes': {'made': [], 'planned': []}})
    except Refused as refusal:
        print(refusal)`;
      expect(run(['-c', program], scratch.path).trim().split('\n')).toEqual([
        'The method “swav” is not continued here: simsiam and byol are.',
        'The setting alternation=10 is not continued here: alternation=1 is.',
        'The setting symmetrization=asymmetric is not continued here: symmetrization=symmetric is.',
      ]);
    });
  });

  describeWithPython(['torch', 'torchvision', 'PIL'], 'train.py', (run) => {
    const scratch = scratchFolder('continueTraining');
    afterAll(() => scratch.remove());

    it('trains on a folder, goes on from its own state, and writes an encoder', async () => {
      const images = syntheticDataset(40);
      const trainer = new Trainer(images, smallRun({ totalSteps: 4 }), [], () => undefined);
      await trainer.prepare();
      while (trainer.step < AT) await trainer.advance();
      const checkpoint = writeCheckpoint(await saveRun(trainer, await startTestEngine('wasm')));
      trainer.dispose();
      writeFileSync(join(scratch.path, 'run.safetensors'), checkpoint);
      mkdirSync(join(scratch.path, 'images'));
      for (let i = 0; i < 16; i++) {
        const raw = images.pixels.subarray(i * 4 * SIDE ** 2, (i + 1) * 4 * SIDE ** 2);
        const picture = sharp(raw, { raw: { width: SIDE, height: SIDE, channels: 4 } });
        await picture.png().toFile(join(scratch.path, 'images', `${i}.png`));
      }
      const train = (steps: number) =>
        run(
          [
            ...['-m', 'torch.distributed.run', '--redirects', '1', '--tee', '1', '--nproc_per_node', '1'],
            ...[join(CONTINUE, 'train.py'), 'run.safetensors', '--images', 'images', '--out', 'out'],
            ...['--total-steps', String(steps), '--workers', '0'],
          ],
          scratch.path,
        );
      expect(train(4)).toContain('step 4/4');
      expect(train(6)).toContain('step 6/6');
      const { encoder } = readEncoder(readFileSync(join(scratch.path, 'out', 'encoder.safetensors')));
      expect(encoder).toMatchObject({ step: 6, config: { backbone: 'tiny', totalSteps: 6 } });
    });

    it('trains on the training images of a project file, as the page has them', async () => {
      const images = syntheticDataset(40);
      const trainer = new Trainer(images, smallRun({ totalSteps: 4 }), [], () => undefined);
      await trainer.prepare();
      while (trainer.step < AT) await trainer.advance();
      const saved = await saveRun(trainer, await startTestEngine('wasm'));
      const checkpoint = await withMeasuredWith(saved, trainer);
      trainer.dispose();
      const weights = encoderOf(checkpoint);
      const encoder = new FrozenEncoder(weights);
      const dataset = { name: 'synthetic', count: 40, sample: null, fingerprint: '1' };
      const facts = { name: null, created: 0, dataset, evaluation: null };
      const pace = { between: async () => undefined, expect: () => undefined, done: () => undefined };
      const files = projectFiles({ checkpoint, weights, encoder, images, facts, withImages: true, pace });
      const pieces: Uint8Array[] = [];
      for await (const piece of writeZip(files, new Date())) pieces.push(piece);
      encoder.dispose();
      writeFileSync(join(scratch.path, 'project.zip'), Buffer.concat(pieces));
      const text = run(
        [
          ...['-m', 'torch.distributed.run', '--redirects', '1', '--tee', '1', '--nproc_per_node', '1'],
          ...[join(CONTINUE, 'train.py'), 'project.zip', '--out', 'fromProject', '--workers', '1'],
        ],
        scratch.path,
      );
      expect(text).toContain('step 4/4');
      const back = readEncoder(readFileSync(join(scratch.path, 'fromProject', 'encoder.safetensors'))).encoder;
      // Over the same pixels of the same images: with those of the test split they would be others.
      for (const part of ['mean', 'std'] as const) {
        expect(maxError(Float32Array.from(back.normalisation[part]), weights.normalisation[part])).toBeLessThan(1e-5);
      }
    });
  });
});
