/** Long enough for browsers that ask where to save the file. */
const KEPT_MS = 60_000;

/** Saves a file as a download. Nothing leaves the machine. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** “output-std” */
export function inFileName(title: string): string {
  return (title.toLowerCase().match(/[a-z0-9]+/g) ?? ['file']).join('-');
}

/** “simsiam-lab-output-std.csv” */
export function fileName(title: string, ending: string): string {
  return `simsiam-lab-${inFileName(title)}.${ending}`;
}

/** Saves text with a byte order mark, by which spreadsheets recognise UTF-8. */
export function saveCsv(title: string, text: string): void {
  saveFile(fileName(title, 'csv'), new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
}
