/** A batch that is computed in equal parts, one after the other (gradient accumulation). */
export interface PartedBatch {
  readonly batchSize: number;
  readonly microBatches: number;
}

/** In at most so many parts a batch is computed. */
export const MOST_PARTS = 64;

/** The fewest images of a part: BN needs some for its statistics. */
export const SMALLEST_PART = 4;

/** Images of a part; the whole batch where it is computed in one. */
export function microBatchSize({ batchSize, microBatches }: PartedBatch): number {
  return batchSize / microBatches;
}
