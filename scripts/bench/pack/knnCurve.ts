/**
 * `node knnCurve.mjs IMAGES --seconds N [--batch N] [--json FILE]`: trains with the paper's App. D recipe on packed images for N seconds,
 * and reports the kNN accuracy at each evaluation. `pytorch/knn_curve.py` does the same with PyTorch.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { indicesOf, TEST, TRAIN } from '../../../src/domain/imageDataset';
import type { Measurement } from '../../../src/domain/measurement';
import { presetConfig } from '../../../src/domain/presets';
import { startEngine } from '../../../src/engine/backend/startEngine';
import { Trainer } from '../../../src/engine/run/trainer';
import { startNodeGpu } from '../../node/gpu';
import { decodeImages } from './imageFile';

const EVALUATIONS = 10;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '300' },
    batch: { type: 'string', default: '512' },
    epochs: { type: 'string', default: '100' },
    json: { type: 'string' },
  },
});

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

await startNodeGpu();
const engine = await startEngine('webgpu', { onUncapturedError: fail, onLost: fail });
const dataset = decodeImages(readFileSync(positionals[0]));
const train = indicesOf(dataset, TRAIN).length;
const test = indicesOf(dataset, TEST).length;
const batchSize = Math.min(Number(options.batch), Math.floor(train / 2));
const stepsPerEpoch = Math.floor(train / batchSize);
const epochs = Number(options.epochs);
const base = presetConfig('paper');
const config = {
  ...base,
  batchSize,
  totalSteps: epochs * stepsPerEpoch,
  probe: { ...base.probe, every: 0 },
  knn: {
    ...base.knn,
    every: Math.max(1, Math.round(epochs / EVALUATIONS)) * stepsPerEpoch,
    bank: train,
    queries: test,
  },
};
const started = performance.now();
const seconds = () => (performance.now() - started) / 1000;
const curve: { epoch: number; seconds: number; knn: number }[] = [];
const losses: number[] = [];
function measured({ step, knn, loss }: Measurement): void {
  if (loss !== undefined) losses.push(loss);
  if (knn === undefined) return;
  curve.push({ epoch: step / stepsPerEpoch, seconds: seconds(), knn });
  console.log(
    `ours   epoch ${(step / stepsPerEpoch).toFixed(1)}  kNN ${(100 * knn).toFixed(2)} %  ${seconds().toFixed(0)} s`,
  );
}
const trainer = new Trainer(dataset, config, [], ({ kind, value }) => {
  if (kind === 'measurements') value.forEach(measured);
});
await trainer.start();
let outcome = await trainer.advance();
while (outcome === 'continue' && seconds() < Number(options.seconds)) outcome = await trainer.advance();
await trainer.flush();
const result = {
  by: `ours, WebGPU on ${engine.description}`,
  batchSize,
  steps: trainer.step,
  seconds: seconds(),
  finalLoss: losses.at(-1) ?? null,
  curve,
};
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
process.exit(outcome === 'diverged' ? 1 : 0);
