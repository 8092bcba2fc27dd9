import type { BenchReport, BenchTable } from '../domain/benchmark';
import { reportFacts, reportTables } from './tables';

const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function tableMarkdown({ title, note, columns, rows }: BenchTable): string {
  const rule = row(columns.map((_, i) => (i === 0 ? '---' : '---:')));
  return [`## ${title}`, '', note, '', row(columns), rule, ...rows.map(row)].join('\n');
}

/** Tables under headings of the second level. */
export function tablesMarkdown(tables: readonly BenchTable[]): string {
  return tables.map(tableMarkdown).join('\n\n');
}

/** A report as Markdown: where and how it was made, its tables, and what is missing. */
export function reportMarkdown(report: BenchReport): string {
  const facts = reportFacts(report).map(([name, value]) => `- ${name}: ${name === 'Command' ? `\`${value}\`` : value}`);
  const notes =
    report.notes.length > 0 ? ['## Left out', '', ...report.notes.map((note) => `- ${note}`)].join('\n') : null;
  return `${[`# Benchmarks on ${report.adapter}`, facts.join('\n'), tablesMarkdown(reportTables(report)), notes].filter((part) => part !== null).join('\n\n')}\n`;
}
