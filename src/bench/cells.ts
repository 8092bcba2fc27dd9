/** Numbers as cells of tables. */

export const NONE = '–';

/** Three significant digits, without an exponent. */
export function digits(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  const whole = Math.abs(value) >= 100;
  return whole ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

export const times = (value: number | null | undefined): string => (value == null ? NONE : `${digits(value)}x`);
export const percent = (value: number): string => `${digits(value)} %`;
