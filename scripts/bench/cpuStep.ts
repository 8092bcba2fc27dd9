/**
 * Milliseconds of a whole step on the processor's engine, recorded and op by op: `npx tsx scripts/bench/cpuStep.ts [seconds]`. The reference
 * network of the benchmarks and the preset `tiny`; the median of steps after a warm-up, and the fastest.
 */
import v8 from 'node:v8';
import { REFERENCE } from '../../src/bench/cases';
import { RunnerStep } from '../../src/bench/runnerStep';
import { presetConfig } from '../../src/domain/presets';
import { startEngine } from '../../src/engine/backend/startEngine';
import { noiseDataset } from '../../src/engine/images/noiseDataset';

// Node 20 has relaxed SIMD behind a flag; newer ones ignore it.
v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

const WARM_UP_STEPS = 15;
const seconds = Number(process.argv[2] ?? 6);

const engine = await startEngine('wasm', { onUncapturedError: console.error, onLost: console.error });
console.log(`${engine.description}, ${engine.features.join(', ')}`);
for (const [name, config] of Object.entries({ reference: REFERENCE, tiny: presetConfig('tiny') })) {
  for (const record of [true, false]) {
    const dataset = noiseDataset(4 * config.batchSize, config.imageSize);
    const step = new RunnerStep(config, dataset, { backend: 'wasm', record });
    await step.enter();
    const times: number[] = [];
    const end = performance.now() + 1000 * seconds;
    for (let n = 0; n < WARM_UP_STEPS + 5 || performance.now() < end; n++) {
      const start = performance.now();
      step.step();
      await step.finish();
      if (n >= WARM_UP_STEPS) times.push(performance.now() - start);
    }
    step.dispose();
    times.sort((a, b) => a - b);
    const [median, fastest] = [times[times.length >> 1] ?? 0, times[0] ?? 0];
    const way = record ? 'recorded' : 'op by op';
    console.log(`${name}, ${way}: median ${median.toFixed(1)} ms, fastest ${fastest.toFixed(1)} ms`);
  }
}
