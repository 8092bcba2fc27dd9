import { describe, expect, it } from 'vitest';
import { cpuKernelCases } from '../../../src/bench/cpu/kernelCases';
import { measureCpuKernels } from '../../../src/bench/cpu/kernels';

describe('the processor’s kernels in a benchmark', () => {
  it('are direct convolutions, and F(4x4) at 16, 32 and 64 channels', () => {
    const names = cpuKernelCases({ fma: false }).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const label of ['32 px, 16 to 16, 3 x 3', '16 px, 32 to 32, 3 x 3', '8 px, 64 to 64, 3 x 3']) {
      for (const pass of ['forward', 'input gradient', 'filter gradient'])
        expect(names).toContain(`direct ${pass}, ${label}`);
      for (const pass of ['forward', 'filter gradient']) expect(names).toContain(`F(4x4) ${pass}, ${label}`);
    }
    expect(names).not.toContain('direct input gradient, 32 px, 3 to 16, 3 x 3');
    expect(names).toContain('direct forward, 96 px, 3 to 64, 7 x 7, stride 2');
    for (const pass of ['forward', 'gradient']) expect(names).toContain(`max pool ${pass}, 48 px, 64 channels`);
  });

  it('are rows with rates, and the peak first', async () => {
    let readings = 0;
    const clock = { wallMs: () => 1000 * readings++, processorMs: () => null };
    const quiet = () => undefined;
    const rows = await measureCpuKernels(false, { clock, quick: true, progress: quiet, note: quiet });
    expect(rows[0]).toMatchObject({ case: 'peak of multiply-adds', percentOfPeak: 100, xnnpackMs: null, threads: 1 });
    for (const { gflops, wasmMs, percentOfPeak } of rows) {
      expect(wasmMs).toBeGreaterThan(0);
      expect(gflops).toBeGreaterThan(0);
      expect(percentOfPeak).toBeCloseTo((100 * gflops) / rows[0]!.gflops);
    }
  });
});
