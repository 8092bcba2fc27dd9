/** A process of its own for `coldStart.ts`: prints as JSON how long it took from its start to the first training step. */
import { measureFirstStep } from '../../src/engine/benchmarks/firstStep';
import { startNodeGpu } from '../node/gpu';

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

await startNodeGpu();
const clock = { wallMs: () => performance.now() };
console.log(
  JSON.stringify(await measureFirstStep(clock, performance.now(), { onUncapturedError: fail, onLost: fail })),
);
process.exit(0);
