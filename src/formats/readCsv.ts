import { UnusableFile } from './unusableFile';

/** A cell with what ends it: in quotes, in which two quotes stand for one, or bare. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/**
 * The rows of comma-separated values according to RFC 4180; an empty last line is no row.
 * @throws UnusableFile where a quote is not closed, or stands within a bare cell
 */
export function rowsOfCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // Programs that write for spreadsheets begin a file with a byte order mark.
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    CELL.lastIndex = at;
    const [cell, quoted, bare, end] = CELL.exec(text) ?? [];
    if (cell === undefined) throw new UnusableFile(`is damaged: row ${rows.length + 1} has a quote in the wrong place`);
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    at += cell.length;
    if (end === ',' && at < text.length) continue;
    // A comma at the very end begins one more cell, which is empty.
    rows.push(end === ',' ? [...row, ''] : row);
    row = [];
  }
  return rows;
}
