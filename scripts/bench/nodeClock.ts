import type { BenchClock } from '../../src/bench/turns';

/** Wall time, and the time that all threads of this process computed. */
export const nodeClock: BenchClock = {
  wallMs: () => performance.now(),
  processorMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
