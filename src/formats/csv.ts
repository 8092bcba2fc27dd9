export type Cell = string | number | undefined;

export interface CsvOptions {
  /** Keeps text that a spreadsheet would read as a formula as it is: for names that programs look up. */
  readonly exact?: boolean;
}

/** A cell, quoted if necessary. Text that a spreadsheet would read as a formula is preceded by an apostrophe, as spreadsheets do. */
function cell(value: Cell, { exact = false }: CsvOptions): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = !exact && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Comma-separated values according to RFC 4180, numbers with full precision; the first row is the header. */
export function csvOf(rows: readonly (readonly Cell[])[], options: CsvOptions = {}): string {
  return rows.map((row) => `${row.map((value) => cell(value, options)).join(',')}\r\n`).join('');
}
