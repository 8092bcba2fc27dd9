import type { BenchTable, CpuRow } from '../../domain/benchmark';
import { digits, percent, times } from '../cells';

const variantOf = ({ threads, fma }: CpuRow): string => `${threads}, ${fma ? 'fused' : 'separate'}`;
const ratio = ({ wasmMs, xnnpackMs }: CpuRow): string => times(xnnpackMs === null ? null : xnnpackMs / wasmMs);

const TURNS = 'Medians of turns.';

/** The processor's rows: whole steps, then kernels. */
export function cpuTables(rows: readonly CpuRow[]): BenchTable[] {
  const steps = rows.filter(({ imagesPerSecond }) => imagesPerSecond !== null);
  const kernels = rows.filter(({ imagesPerSecond }) => imagesPerSecond === null);
  return [
    {
      title: 'Processor: a whole step, in milliseconds',
      note: `${TURNS} Ours is the step of a run: draw a batch and its augmentations, upload, augment, forward pass, backward pass, update, read the loss. XNNPACK is tfjs’s WASM backend on one thread, without drawing, augmenting and reading. Multiplications and additions are fused (relaxed SIMD) or separate; the peak is that of such multiply-adds on as many threads.`,
      columns: [
        'case',
        'threads, multiply-adds',
        'ours',
        'XNNPACK',
        'XNNPACK / ours',
        'images/s',
        'GFLOP/s',
        'of peak',
        'JavaScript',
      ],
      rows: steps.map((row) => [
        row.case,
        variantOf(row),
        digits(row.wasmMs),
        digits(row.xnnpackMs),
        ratio(row),
        digits(row.imagesPerSecond),
        digits(row.gflops),
        percent(row.percentOfPeak),
        digits(row.scriptMs),
      ]),
    },
    {
      title: 'Processor: kernels, in milliseconds',
      note: `${TURNS} 64 images, 16 at the stem of 7 x 7 and for max pooling. GFLOP are those of the direct algorithm, of which F(4x4), Winograd’s, computes fewer; the comparisons of max pooling count as one each.`,
      columns: ['kernel', 'threads, multiply-adds', 'ours', 'XNNPACK', 'XNNPACK / ours', 'GFLOP/s', 'of peak'],
      rows: kernels.map((row) => [
        row.case,
        variantOf(row),
        digits(row.wasmMs),
        digits(row.xnnpackMs),
        ratio(row),
        digits(row.gflops),
        percent(row.percentOfPeak),
      ]),
    },
  ];
}
