export type Cell = string | number | undefined;

/** A cell, quoted if necessary. Text that a spreadsheet would read as a formula is preceded by an apostrophe, as spreadsheets do. */
function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Comma-separated values according to RFC 4180, numbers with full precision; the first row is the header. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
