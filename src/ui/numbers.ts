/** Shown in place of a number that has not been measured yet. */
export const NOT_YET = '–';

/** A number with a fixed count of decimals that a program can read back: plain minus, no grouping, no unit. */
export function plain(value: number | undefined, decimals: number): string {
  return value === undefined ? NOT_YET : value.toFixed(decimals);
}

/** The same for sentences: with a true minus sign. */
export function inWords(value: number, decimals: number): string {
  return value.toFixed(decimals).replace('-', '−');
}

/** 12,345 */
export function grouped(value: number): string {
  return value.toLocaleString('en');
}

/** Seconds as “12 s”, “3 min 20 s”, “1 h 5 min”. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
