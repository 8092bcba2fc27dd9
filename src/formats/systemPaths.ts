/** Names that operating systems and sync tools leave behind; nobody means them when they drop a folder. */
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

/** Whether a path is, or lies in, a hidden or system file or folder; such files are left out without a word. */
export function isSystemPath(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.') || SYSTEM_NAMES.has(name.toLowerCase()));
}
