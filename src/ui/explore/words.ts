import { grouped } from '../numbers';

/** The last part of a path. */
export function baseName(path: string | undefined): string {
  return path?.split('/').at(-1) ?? 'an image';
}

/** “2.5 % of 2,000” */
export function shareOf(part: number, total: number): string {
  const share = total === 0 ? 0 : (100 * part) / total;
  return `${share.toFixed(share < 10 ? 1 : 0)} % of ${grouped(total)}`;
}
