import { LANES } from '../lanes';
import type { TileSize } from '../winograd/lines';
import type { ConvShape } from './shape';

/** How a convolution and its gradients are computed. */
export type Algorithm = { readonly kind: 'direct' } | { readonly kind: 'winograd'; readonly m: TileSize };

/** Fewer channels leave too little work between the transforms. */
const LEAST_CHANNELS = 16;
/** Multiply-adds per number for its transforms, there and back. */
const TRANSFORM_COST: Record<TileSize, number> = { 2: 6, 4: 8 };

/**
 * The algorithm for a shape. It is a fixed rule and not measured, since it decides the last bits of a run: the one of the direct algorithm,
 * F(2 x 2) and F(4 x 4) with the fewest multiply-adds, including those of the transforms and of tiles that reach beyond the image.
 */
export function algorithmFor({ height, width, inChannels, outChannels, size, stride }: ConvShape): Algorithm {
  const fits =
    size === 3 &&
    stride === 1 &&
    Math.min(inChannels, outChannels) >= LEAST_CHANNELS &&
    inChannels % LANES === 0 &&
    outChannels % LANES === 0;
  let best: Algorithm = { kind: 'direct' };
  if (!fits) return best;
  const products = inChannels * outChannels;
  let least = size * size * height * width * products;
  for (const m of [2, 4] as const) {
    const tiles = Math.ceil(height / m) * Math.ceil(width / m);
    const cost = (m + 2) ** 2 * tiles * (products + TRANSFORM_COST[m] * (inChannels + outChannels));
    if (cost < least) {
      least = cost;
      best = { kind: 'winograd', m };
    }
  }
  return best;
}
