import type { FeatureRows } from '../../../src/domain/features';
import type { Products } from '../../../src/explore/products';

/** The products in float64. */
export function plainProducts({ data, n, d }: FeatureRows): Products {
  return {
    times: async (w, columns) => {
      const out = new Float32Array(n * columns);
      for (let i = 0; i < n; i++) {
        for (let c = 0; c < columns; c++) {
          let sum = 0;
          for (let j = 0; j < d; j++) sum += data[i * d + j]! * w[j * columns + c]!;
          out[i * columns + c] = sum;
        }
      }
      return out;
    },
    transposedTimes: async (g, columns) => {
      const out = new Float64Array(d * columns);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < d; j++) {
          for (let c = 0; c < columns; c++) out[j * columns + c]! += data[i * d + j]! * g[i * columns + c]!;
        }
      }
      return Float32Array.from(out);
    },
    dispose: () => undefined,
  };
}
