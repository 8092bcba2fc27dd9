/** Quantities are sampled over time and must not rise. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * The rise of a quantity: the median of the last third of its samples against that of the middle third, as a share; of fewer than nine, the
 * last against the first.
 */
export function riseOf(values: readonly number[]): number {
  const third = Math.floor(values.length / 3);
  const [before, after] =
    values.length < 9
      ? [values[0] ?? 0, values.at(-1) ?? 0]
      : [median(values.slice(third, 2 * third)), median(values.slice(-third))];
  return before === 0 ? 0 : after / before - 1;
}

/** What is wrong with a quantity that must stay flat, as a sentence; null where it is. */
export function riseProblem(name: string, values: readonly number[], tolerance: number): string | null {
  const rise = riseOf(values);
  if (rise <= tolerance) return null;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `${name} rose by ${percent(rise)}; at most ${percent(tolerance)} is allowed.`;
}
