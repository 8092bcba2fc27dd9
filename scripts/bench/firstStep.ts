/**
 * The process that `coldStart.ts` starts, with the file of kernel choices as its argument: prints as JSON the time from its start to the
 * first training step.
 */
import { measureFirstStep } from '../../src/bench/firstStep';
import { startNodeGpu } from '../node/gpu';
import { fileTuningCache } from '../node/tuningCache';

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

await startNodeGpu();
const clock = { wallMs: () => performance.now() };
const tuning = fileTuningCache(process.argv[2]);
const hooks = { onUncapturedError: fail, onLost: fail };
console.log(JSON.stringify(await measureFirstStep(clock, performance.now(), hooks, tuning)));
process.exit(0);
