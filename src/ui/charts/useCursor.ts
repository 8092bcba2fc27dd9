/** The step of the frame that is replayed; null while the present is shown. */
export function useCursor(): number | null {
  return null;
}
