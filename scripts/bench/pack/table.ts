/** `node table.js FOLDER`: a Markdown table of our times beside PyTorch's on the same card, from the JSON files of `run.sh`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digits } from '../../../src/bench/cells';
import { tablesMarkdown } from '../../../src/bench/markdown';
import type { BenchReport, BenchTable } from '../../../src/domain/benchmark';

interface TorchSteps {
  readonly torch: string;
  readonly device: string;
  readonly steps: readonly {
    readonly mode: 'eager' | 'compile';
    readonly tf32: boolean;
    readonly case: string;
    readonly batch: number;
    /** Absent where the case failed. */
    readonly medianMs?: number;
    readonly error?: string;
  }[];
}

interface KnnCurve {
  readonly by: string;
  readonly batchSize: number;
  readonly steps: number;
  readonly seconds: number;
  readonly curve: readonly { readonly epoch: number; readonly seconds: number; readonly knn: number }[];
}

function read<T>(folder: string, name: string): T | null {
  const file = join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function stepsTable(ours: BenchReport, torch: TorchSteps): BenchTable {
  return {
    title: `Training step, ours beside PyTorch ${torch.torch} on ${torch.device}`,
    note: 'Milliseconds, on both sides the median of measurements of several steps; fp32, the same network and batch. Below 1x ours is faster.',
    columns: ['case', 'batch', 'PyTorch', 'PyTorch ms', 'ours ms', 'ours / PyTorch'],
    rows: torch.steps.map(({ case: name, batch, mode, tf32, medianMs, error }) => {
      const row = ours.steps.find((step) => step.case === name && step.batch === batch);
      const oursMs = row?.times.ours.medianMs;
      const ratio = oursMs !== undefined && medianMs !== undefined ? `${digits(oursMs / medianMs)}x` : '–';
      const how = `${mode}${tf32 ? ', TF32' : ''}`;
      return [name, String(batch), how, error ?? digits(medianMs), digits(oursMs), ratio];
    }),
  };
}

function curveTable(curves: readonly KnnCurve[]): BenchTable {
  return {
    title: 'kNN accuracy, App. D recipe on the packed images',
    note: curves
      .map(({ by, batchSize, steps, seconds }) => `${by}: ${steps} steps of ${batchSize} in ${digits(seconds)} s.`)
      .join(' '),
    columns: ['by', 'epoch', 'seconds', 'kNN'],
    rows: curves.flatMap(({ by, curve }) =>
      curve.map(({ epoch, seconds, knn }) => [by, digits(epoch), digits(seconds), `${(100 * knn).toFixed(1)} %`]),
    ),
  };
}

const [, , folder] = process.argv;
const ours = read<BenchReport>(folder, 'bench.json');
const torch = read<TorchSteps>(folder, 'torch.json');
const curves = ['knn-ours.json', 'knn-torch.json'].flatMap((name) => read<KnnCurve>(folder, name) ?? []);
const tables = [
  ...(ours !== null && torch !== null ? [stepsTable(ours, torch)] : []),
  ...(curves.length > 0 ? [curveTable(curves)] : []),
];
console.log(tablesMarkdown(tables));
