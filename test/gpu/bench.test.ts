import { expect, it } from 'vitest';
import { jaxContender, startJax } from '../../scripts/bench/jax/contender';
import { reportMarkdown } from '../../src/bench/markdown';
import { type BenchmarkOptions, runBenchmark } from '../../src/bench/runBenchmark';
import type { BenchClock } from '../../src/bench/turns';
import type { BenchSection } from '../../src/domain/benchmark';
import { presetConfig } from '../../src/domain/presets';
import { describeOnEngines } from '../setup/engine';
import { inLongRun } from '../setup/matrix';

const tiny = { ...presetConfig('tiny'), batchSize: 4, headBatchNorm: 'output', zeroInitResidual: false } as const;

/**
 * A clock that advances a second with each reading, so that each turn is a single step and each contender has the fewest turns,
 * independent of the machine's speed and load. The tests check the form of a report, not its times.
 */
function countingClock(): BenchClock {
  let readings = 0;
  return { wallMs: () => 1000 * readings++, processorMs: () => 1000 * readings };
}

function run(sections: readonly BenchSection[], foreign?: BenchmarkOptions['foreign']) {
  return runBenchmark({
    quick: true,
    sections,
    reference: tiny,
    clock: countingClock(),
    host: 'test',
    command: 'npm run bench',
    start: [],
    onProgress: () => undefined,
    ...(foreign === undefined ? {} : { foreign }),
  });
}

describeOnEngines(['webgpu'], 'a benchmark run', () => {
  it('times the same step by ours, stock tfjs and jax-js', async () => {
    await startJax();
    const report = await run(['steps'], jaxContender);
    expect(report.peak.gflops).toBeGreaterThan(0);
    expect(report.peak.gbPerSecond).toBeGreaterThan(0);
    const [row] = report.steps;
    expect(row).toMatchObject({ case: 'reference', batch: 4, leftOut: [] });
    expect(row.speedup).toBeCloseTo((row.stockTfjsMs ?? 0) / row.oursMs);
    expect(row.jaxJsSpeedup).toBeCloseTo((row.jaxJsMs ?? 0) / row.oursMs);
    expect(row.oursGflops).toBeGreaterThan(0);
    expect(row.agreement.map(({ name }) => name)).toEqual(['ours', 'stock tfjs', 'jax-js']);
    const [ours, ...others] = row.agreement;
    for (const { loss, gradientNorm } of others) {
      expect(loss).toBeCloseTo(ours.loss, 4);
      expect(gradientNorm / ours.gradientNorm).toBeCloseTo(1, 2);
    }
    expect(reportMarkdown(report)).toContain('| reference, batch 4 x 2 |');
  });

  inLongRun(() => {
    it('does not time a contender that computes a different result, and says so', async () => {
      const another = async (state: Parameters<typeof jaxContender>[0]) => ({
        contender: (await jaxContender(state)).contender,
        lossAndGradientNorm: async () => ({ loss: 0.5, gradientNorm: 1 }),
      });
      const { steps } = await run(['steps'], another);
      expect(steps[0].stockTfjsMs).toBeGreaterThan(0);
      expect(steps[0].jaxJsMs).toBeNull();
      expect(steps[0].leftOut).toEqual([expect.stringMatching(/^jax-js not timed: its result differs/)]);
    });
  });

  it('measures kernels', async () => {
    const report = await run(['kernels']);
    expect(report.kernels.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['conv forward', 'conv input gradient', 'conv filter gradient', 'SGD, momentum, decay']),
    );
    for (const { name, ms, gflops, percentOfPeak } of report.kernels) {
      expect(ms, name).toBeGreaterThan(0);
      expect(percentOfPeak, name).toBeCloseTo((100 * gflops) / report.peak.gflops);
    }
  });

  it('measures the processor against XNNPACK, whose step gives the same loss and gradient', async () => {
    const report = await run(['cpu']);
    expect(report.notes).toEqual(['Processor: kernels left out: a quick run.']);
    expect([...new Set(report.cpu.map((row) => row.case))]).toEqual(['reference', 'tiny', 'small']);
    for (const row of report.cpu) {
      expect(row.wasmMs).toBeGreaterThan(0);
      expect(row.xnnpackMs).toBeGreaterThan(0);
      expect(row.gflops).toBeGreaterThan(0);
      expect(row.percentOfPeak).toBeGreaterThan(0);
      expect(row.scriptMs === null).toBe(row.threads > 1);
    }
    expect(report.peak.gflops).toBe(0);
    expect(reportMarkdown(report)).toContain('| reference | 1, separate |');
  });

  inLongRun(() => {
    it('measures engines, methods and memory', async () => {
      const report = await run(['engines', 'methods', 'memory']);
      expect(report.engines.map(({ engine }) => engine)).toEqual([
        'WebGPU, recorded',
        'WebGPU, op by op',
        'WebGPU, stock tfjs kernels',
        'WASM, recorded',
        'WASM, op by op',
      ]);
      expect(report.methods[0]).toMatchObject({ method: 'simsiam', relative: 1 });
      expect(report.memory).toHaveLength(3);
      for (const { bytes } of report.memory) expect(bytes).toBeGreaterThan(0);
    });
  });
});
