import type { FeatureRows } from '../domain/features';
import type { Products } from '../explore/products';

/** Products of a matrix without an engine, for workers that have none: about a billion multiplications a second. */
export function plainProducts({ data, n, d }: FeatureRows): Products {
  return {
    times: async (w, columns) => {
      const out = new Float32Array(n * columns);
      for (let i = 0; i < n; i++) {
        const row = out.subarray(i * columns, (i + 1) * columns);
        for (let j = 0; j < d; j++) {
          const value = data[i * d + j];
          for (let c = 0, at = j * columns; c < columns; c++, at++) row[c] += value * w[at];
        }
      }
      return out;
    },
    transposedTimes: async (g, columns) => {
      const out = new Float32Array(d * columns);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < d; j++) {
          const value = data[i * d + j];
          for (let c = 0; c < columns; c++) out[j * columns + c] += value * g[i * columns + c];
        }
      }
      return out;
    },
    dispose: () => undefined,
  };
}
