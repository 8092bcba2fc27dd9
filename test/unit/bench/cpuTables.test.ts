import { expect, it } from 'vitest';
import { cpuTables } from '../../../src/bench/cpu/tables';
import type { CpuRow } from '../../../src/domain/benchmark';

const step: CpuRow = {
  case: 'reference',
  threads: 1,
  fma: true,
  wasmMs: 90,
  xnnpackMs: 360,
  gflops: 53.2,
  percentOfPeak: 113,
  imagesPerSecond: 355.6,
  scriptMs: 1.25,
};
const kernel: CpuRow = {
  ...step,
  case: 'direct forward, 32 px, 16 to 16, 3 x 3',
  xnnpackMs: null,
  imagesPerSecond: null,
  scriptMs: null,
};

it('shows steps and kernels of the processor in tables of their own', () => {
  const [steps, kernels] = cpuTables([step, { ...step, threads: 2, fma: false, scriptMs: null }, kernel]);
  expect(steps!.rows).toEqual([
    ['reference', '1, fused', '90', '360', '4x', '356', '53.2', '113 %', '1.25'],
    ['reference', '2, separate', '90', '360', '4x', '356', '53.2', '113 %', '–'],
  ]);
  expect(kernels!.rows).toEqual([
    ['direct forward, 32 px, 16 to 16, 3 x 3', '1, fused', '90', '–', '–', '53.2', '113 %'],
  ]);
  for (const { columns, rows } of [steps!, kernels!]) for (const row of rows) expect(row).toHaveLength(columns.length);
});

it('names each row of a table by its first two cells, as the page does', () => {
  const rows = [step, { ...step, fma: false }, { ...step, threads: 2 }].map((row) => row);
  const keys = cpuTables(rows)[0]!.rows.map((row) => row.slice(0, 2).join(' '));
  expect(new Set(keys).size).toBe(3);
});
