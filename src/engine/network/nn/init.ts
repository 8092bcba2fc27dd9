import type { Random } from '../../random';

/**
 * PyTorch's default for convolutions and linear layers, weights and biases alike: U(-1/sqrt(fanIn), 1/sqrt(fanIn)).
 * The paper's App. A asks for it in the heads: a substantially different one may not converge.
 */
export function uniformFanIn(count: number, fanIn: number, random: Random): Float32Array {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: count }, () => random.uniform(-bound, bound));
}

export function zeros(count: number): Float32Array {
  return new Float32Array(count);
}

export function ones(count: number): Float32Array {
  return new Float32Array(count).fill(1);
}
