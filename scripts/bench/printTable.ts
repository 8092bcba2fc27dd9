import type { BenchTable } from '../../src/domain/benchmark';

/** Prints a table in the terminal, with columns as wide as their contents and numbers aligned to the right. */
export function printTable({ title, note, columns, rows }: BenchTable): void {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  console.log(`\n${title}\n${note}\n${line(columns)}\n${rows.map(line).join('\n')}`);
}
