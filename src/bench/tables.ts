import type { BenchReport, BenchTable, StepRow, StepTime } from '../domain/benchmark';
import { digits, NONE, percent, times } from './cells';
import { cpuTables } from './cpu/tables';

/** A report as tables of text, for the page and for Markdown. */

const megabytes = (bytes: number) => digits(bytes / 1e6);

/** Wall time, followed on software adapters by the computing time of all threads in brackets, where that is known. */
function ms(time: Pick<StepTime, 'wallMs' | 'processorMs'> | null | undefined, software: boolean): string {
  if (time == null) return NONE;
  return software && time.processorMs !== null
    ? `${digits(time.wallMs)} (${digits(time.processorMs)})`
    : digits(time.wallMs);
}

function stepsTable({ steps, software, peak }: BenchReport): BenchTable {
  const withJax = steps.some((row) => row.jaxJsMs !== undefined);
  const jax = (...cells: string[]) => (withJax ? cells : []);
  const processor =
    software && steps.some(({ times: { ours } }) => ours.processorMs !== null)
      ? ' In brackets: computing time of all threads together, in milliseconds.'
      : '';
  return {
    title: 'One training step, in milliseconds',
    note: `Forward pass, backward pass and SGD update on the same two views, from the same weights; ours recorded and replayed.${processor}`,
    columns: [
      'case',
      'GFLOP',
      'ours',
      'stock tfjs',
      ...jax('jax-js'),
      'stock / ours',
      ...jax('jax-js / ours'),
      'ours, GFLOP/s',
      'of peak',
    ],
    rows: steps.map((row) => [
      `${row.case}, batch ${row.batch} x 2`,
      digits(row.gflop),
      ms(row.times.ours, software),
      ms(row.times.stockTfjs, software),
      ...jax(ms(row.times.jaxJs, software)),
      times(row.speedup),
      ...jax(times(row.jaxJsSpeedup)),
      digits(row.oursGflops),
      percent((100 * row.oursGflops) / peak.gflops),
    ]),
  };
}

function scriptTable({ steps }: BenchReport): BenchTable {
  const withJax = steps.some((row) => row.jaxJsMs !== undefined);
  const script = (time: StepTime | null | undefined) => digits(time?.scriptMs);
  return {
    title: 'JavaScript a step, in milliseconds',
    note: 'Time in which JavaScript was busy queueing the step, encoding of commands included.',
    columns: ['case', 'ours, recorded', 'stock tfjs', ...(withJax ? ['jax-js'] : [])],
    rows: steps.map((row) => [
      row.case,
      script(row.times.ours),
      script(row.times.stockTfjs),
      ...(withJax ? [script(row.times.jaxJs)] : []),
    ]),
  };
}

function agreementTable(steps: readonly StepRow[]): BenchTable {
  return {
    title: 'The same network',
    note: 'Loss, and norm of the gradient over all parameters, before the first step. An implementation whose loss differs from ours by more than 0.1 %, or whose gradient norm by more than 1 %, is not timed.',
    columns: ['case', 'by', 'loss', 'gradient norm'],
    rows: steps.flatMap((row) =>
      row.agreement.map(({ name, loss, gradientNorm }) => [
        row.case,
        name,
        loss.toFixed(6),
        gradientNorm.toPrecision(6),
      ]),
    ),
  };
}

function enginesTable({ engines, software }: BenchReport): BenchTable {
  const withProcessor = software && engines.some(({ processorMs }) => processorMs !== null);
  return {
    title: 'A whole step by each engine, reference network',
    note: 'The step of a run: draw a batch and its augmentations, upload, augment, forward pass, backward pass, update, read the loss. Stock tfjs uses its own ops for augmentation, too.',
    columns: ['engine', withProcessor ? 'ms (all threads)' : 'ms', 'JavaScript ms', 'time relative to the first'],
    rows: engines.map(({ engine, ms: wallMs, processorMs, scriptMs, relative }) => [
      engine,
      ms({ wallMs, processorMs }, software),
      engine.startsWith('WASM') ? NONE : digits(scriptMs),
      times(relative),
    ]),
  };
}

function kernelsTable({ kernels }: BenchReport): BenchTable {
  return {
    title: 'Kernels',
    note: 'Peaks are those measured on this adapter in the same run. Bytes are those of reading every input once and writing every output once.',
    columns: ['kernel', 'shape', 'ms', 'GFLOP/s', 'of FMA peak', 'GB/s', 'of copy bandwidth', 'stock / ours'],
    rows: kernels.map((row) => [
      row.name,
      row.shape,
      digits(row.ms),
      digits(row.gflops),
      percent(row.percentOfPeak),
      digits(row.gbPerSecond),
      percent(row.percentOfBandwidth),
      times(row.stockMs === null ? null : row.stockMs / row.ms),
    ]),
  };
}

function memoryTable({ memory }: BenchReport): BenchTable {
  return {
    title: 'Device memory, reference network',
    note: 'Allocated after two steps, including buffers kept for reuse; each case on its own device.',
    columns: ['', 'MB', 'dispatches a step'],
    rows: memory.map(({ engine, bytes, dispatches }) => [
      engine,
      megabytes(bytes),
      dispatches === null ? NONE : String(dispatches),
    ]),
  };
}

function methodsTable({ methods, software }: BenchReport): BenchTable {
  return {
    title: 'Methods, reference network and batch',
    note: 'Whole steps, recorded. In brackets, where known: computing time of all threads together, in milliseconds.',
    columns: ['method', 'ms', 'against SimSiam'],
    rows: methods.map(({ method, ms: wallMs, processorMs, relative }) => [
      method,
      ms({ wallMs, processorMs }, software),
      times(relative),
    ]),
  };
}

function startTable({ start }: BenchReport): BenchTable {
  return {
    title: 'From start to first step, default settings',
    note: 'Seconds; without loading images and without measuring the untrained network.',
    columns: ['start', 'code loaded', 'engine started', 'compiled and first step', 'in all'],
    rows: start.map(({ start: name, ...row }) => [
      name,
      ...[row.loadMs, row.engineMs, row.stepMs, row.totalMs].map((value) => digits(value / 1000)),
    ]),
  };
}

/** All tables that have rows, in the order in which they are read. */
export function reportTables(report: BenchReport): BenchTable[] {
  const scaling = report.scaling.map(
    ({ parameter, points }): BenchTable => ({
      title: `Step time against ${parameter}`,
      note: 'Reference network, with only this changed. In brackets, where known: computing time of all threads together, in milliseconds.',
      columns: [parameter, 'GFLOP', 'ms', 'GFLOP/s'],
      rows: points.map(({ value, gflop, ms: wallMs, processorMs, gflops }) => [
        value,
        digits(gflop),
        ms({ wallMs, processorMs }, report.software),
        digits(gflops),
      ]),
    }),
  );
  return [
    stepsTable(report),
    enginesTable(report),
    ...cpuTables(report.cpu),
    scriptTable(report),
    memoryTable(report),
    kernelsTable(report),
    methodsTable(report),
    startTable(report),
    ...scaling,
    agreementTable(report.steps),
  ].filter(({ rows }) => rows.length > 0);
}

/** One line for each fact about where and how a report was made. */
export function reportFacts({ date, adapter, host, command, peak }: BenchReport): [name: string, value: string][] {
  return [
    ['Date', date.slice(0, 10)],
    ['Adapter', adapter],
    ['Host', host],
    ['Command', command],
    ...(peak.gflops > 0
      ? [
          ['Measured peak', `${digits(peak.gflops)} GFLOP/s, copying ${digits(peak.gbPerSecond)} GB/s`] as [
            string,
            string,
          ],
        ]
      : []),
  ];
}
