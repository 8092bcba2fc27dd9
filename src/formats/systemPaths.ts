/** Files and folders that operating systems and sync tools create; they are not part of a person's images. */
const SYSTEM_NAMES = new Set([
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
  '@eadir',
  '$recycle.bin',
  'system volume information',
]);

/** Whether a path is, or lies in, a hidden or system file or folder. Such files are left out and not listed as skipped. */
export function isSystemPath(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.') || SYSTEM_NAMES.has(name.toLowerCase()));
}
