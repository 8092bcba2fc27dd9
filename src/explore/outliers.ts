import type { NeighbourGraph } from '../domain/exploration';
import { distanceOf } from './clusters/spanningTree';

/** Neighbours that an image is compared with. */
const NEIGHBOURS = 10;

/**
 * How much each image stands out from the folder, in [0, 1]: the local outlier factor (Breunig et al. 2000), which compares the distances of an
 * image to its neighbours with theirs to their own, scaled by how far it lies above the mean factor (Kriegel et al. 2011, “Interpreting and
 * unifying outlier scores”, Gaussian scaling): 0 for what is usual, 0.68 one and 0.95 two standard deviations above.
 *
 * GLOSH, which comes with HDBSCAN, is not used: it divides by the highest density of a cluster, so that a few equal pictures in it make all
 * others outliers. Mean and deviation are those of the factors without the highest 5 %, so that outliers do not hide each other.
 */
export function outlierScores({ n, k, indices, similarities }: NeighbourGraph): Float32Array {
  const used = Math.min(k, NEIGHBOURS);
  const reach = Float64Array.from({ length: n }, (_, i) => distanceOf(similarities[i * k + used - 1]));
  const density = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let e = i * k; e < i * k + used; e++) sum += Math.max(reach[indices[e]], distanceOf(similarities[e]));
    return used / sum;
  });
  const factors = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let e = i * k; e < i * k + used; e++) sum += density[indices[e]];
    return sum / (used * density[i]);
  });
  const usual = factors
    .slice()
    .sort()
    .subarray(0, Math.max(1, Math.ceil(0.95 * n)));
  const mean = usual.reduce((sum, factor) => sum + factor, 0) / usual.length;
  const deviation = Math.sqrt(usual.reduce((sum, factor) => sum + (factor - mean) ** 2, 0) / usual.length);
  return Float32Array.from(factors, (factor) =>
    Math.max(0, errorFunction((factor - mean) / (deviation + 1e-9) / Math.SQRT2)),
  );
}

/** erf, within 1.5e-7 (Abramowitz & Stegun, 7.1.26). */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - polynomial * Math.exp(-x * x));
}
