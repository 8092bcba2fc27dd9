/** The keys of all checkpoints of a run in the store `checkpoints`. */
export function checkpointsOf(id: string): IDBKeyRange {
  // An array sorts after every number.
  return IDBKeyRange.bound([id], [id, []]);
}
