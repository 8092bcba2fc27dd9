import type { FeatureRows } from '../domain/features';

/** Products of one large matrix X [n, d] with small ones, computed by the caller that has an engine. */
export interface Products {
  /** X W [n, columns], for W [d, columns]. */
  times(w: Float32Array, columns: number): Promise<Float32Array>;
  /** X^T G [d, columns], for G [n, columns]. */
  transposedTimes(g: Float32Array, columns: number): Promise<Float32Array>;
  dispose(): void;
}

/** Makes the products of a matrix. */
export type ProductsOf = (rows: FeatureRows) => Products;
