/**
 * npm run bench:kernels -- [--quick]: speed of our training kernels beside tfjs's own, on the adapter that Node finds.
 * On software adapters (lavapipe, SwiftShader) the figures in brackets are per second of processor time, which hardly depends on what
 * else the machine does.
 */
import { parseArgs } from 'node:util';
import { startEngine } from '../../src/engine/backend/startEngine';
import { benchmarkKernels, type Cost } from '../../src/engine/benchmarks/kernelBenchmark';
import { startNodeGpu } from '../node/gpu';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const size = options.quick ? { batch: 8, rounds: 2 } : { batch: 32, rounds: 5 };

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const clock = {
  wallMs: () => performance.now(),
  processorMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

await startNodeGpu();
const engine = await startEngine('webgpu', { onUncapturedError: fail, onLost: fail });
console.log(`${engine.description}, batch ${size.batch}, GFLOP/s`);

const perSecond = (gflop: number, ms: number) => (1000 * gflop) / ms;
/** Of the time that tells more: the processor's where it does the work. */
const speed = (gflop: number, cost: Cost) => perSecond(gflop, engine.isSoftware ? cost.processorMs : cost.wallMs);
const show = (gflop: number, cost: Cost) => {
  const wall = perSecond(gflop, cost.wallMs).toFixed(2);
  return engine.isSoftware ? `${wall} (${perSecond(gflop, cost.processorMs).toFixed(2)})` : wall;
};

let peak = 0;
await benchmarkKernels(clock, size, {
  onPeak(gflop, cost) {
    peak = speed(gflop, cost);
    console.log(`multiply-add peak ${show(gflop, cost)}`);
  },
  onKernel({ name, gflop, ours, stock }) {
    const percent = ((100 * speed(gflop, ours)) / peak).toFixed(0);
    console.log(
      `${name.padEnd(44)} ours ${show(gflop, ours).padEnd(16)} stock ${show(gflop, stock).padEnd(16)} ${percent} % of peak`,
    );
  },
  onStep({ ours, stock }) {
    const ms = ({ wallMs, processorMs }: Cost) =>
      `${wallMs.toFixed(0)} ms${engine.isSoftware ? ` (${processorMs.toFixed(0)})` : ''}`;
    const times = speed(1, ours) / speed(1, stock);
    console.log(`training step: ours ${ms(ours)}, stock ${ms(stock)}: ${times.toFixed(1)} times as fast`);
  },
});
process.exit(0);
