import type { BenchClock } from '../../src/bench/turns';

/** Wall time, and processor time of all threads of this process. */
export const nodeClock: BenchClock = {
  wallMs: () => performance.now(),
  processorMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
