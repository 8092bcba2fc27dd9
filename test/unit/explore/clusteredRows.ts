import type { FeatureRows } from '../../../src/domain/features';
import { seededRandom } from '../../../src/engine/random';

/** Rows around some centres, with noise of this size in each direction. */
export function clusteredRows(n: number, d: number, clusters = 10, noise = 0.5, seed = 1): FeatureRows {
  const random = seededRandom(seed, 'clusters');
  const normal = () => Array.from({ length: 6 }, () => random.uniform(-1, 1)).reduce((a, b) => a + b) / Math.SQRT2;
  const centres = Float32Array.from({ length: clusters * d }, normal);
  const data = Float32Array.from({ length: n * d }, (_, i) => {
    const cluster = Math.floor(i / d) % clusters;
    return centres[cluster * d + (i % d)]! + noise * normal();
  });
  return { data, n, d };
}
