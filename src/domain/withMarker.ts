import type { Marker } from './measurement';

/** Diagnoses whose markers are kept; a run whose loss swings for 100,000 steps would have ever more. */
export const MOST_DIAGNOSIS_MARKERS = 500;

/**
 * The markers of a run with one more. Of too many diagnoses the second goes: the first tells when the run first failed. Changes and recoveries
 * all stay.
 * @param markerOf the marker of an entry
 */
export function withMarker<T>(entries: readonly T[], added: T, markerOf: (entry: T) => Marker): T[] {
  const all = [...entries, added];
  const diagnoses = all.flatMap((entry, i) => (markerOf(entry).kind === 'diagnosis' ? i : []));
  if (diagnoses.length <= MOST_DIAGNOSIS_MARKERS) return all;
  return all.filter((_, i) => i !== diagnoses[1]);
}
