import type { CpuRow } from '../../domain/benchmark';
import { hasRelaxedSimd } from '../../engine/kernels/wasmgen/support';
import type { Contender } from '../contender';
import { kernelContender, xnnpackContender } from './contenders';
import type { CpuContext } from './context';
import { cpuKernelCases } from './kernelCases';
import { PEAK_BYTES, PEAK_FLOP, peakKernel } from './peak';
import { medianTurns } from './turns';

const NOT_A_STEP = { threads: 1, imagesPerSecond: null, scriptMs: null } as const;

/**
 * The kernels of `cpuKernelCases` one by one, on one thread, with fused multiply-adds where there are any; each in turns with the peak
 * and, where it has been started, with XNNPACK. The first row is the peak itself.
 */
export async function measureCpuKernels(hasXnnpack: boolean, context: CpuContext): Promise<CpuRow[]> {
  const variant = { fma: hasRelaxedSimd() };
  const peak = kernelContender(peakKernel(variant), [PEAK_BYTES]);
  const rows: CpuRow[] = [];
  let best = 0;
  for (const item of cpuKernelCases(variant)) {
    context.progress(`processor: ${item.name}`);
    const xnnpack = hasXnnpack ? await xnnpackContender(item) : null;
    const contenders: Record<string, Contender> = { peak, ours: kernelContender(item.kernel, item.sizes) };
    if (xnnpack !== null) contenders.xnnpack = xnnpack;
    const ms = await medianTurns(contenders, context);
    xnnpack?.dispose();
    const gflops = item.flop / ms.ours / 1e6;
    const peakGflops = PEAK_FLOP / ms.peak / 1e6;
    best = Math.max(best, peakGflops);
    rows.push({
      ...NOT_A_STEP,
      ...variant,
      case: item.name,
      wasmMs: ms.ours,
      xnnpackMs: ms.xnnpack ?? null,
      gflops,
      percentOfPeak: (100 * gflops) / peakGflops,
    });
  }
  const peakRow: CpuRow = {
    ...NOT_A_STEP,
    ...variant,
    case: 'peak of multiply-adds',
    wasmMs: PEAK_FLOP / best / 1e6,
    xnnpackMs: null,
    gflops: best,
    percentOfPeak: 100,
  };
  return [peakRow, ...rows];
}
