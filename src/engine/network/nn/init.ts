import type { Random } from '../../random';

/**
 * PyTorch's default for convolutions and linear layers, weights and biases alike: U(-1/sqrt(fanIn), 1/sqrt(fanIn)).
 * The paper's App. A asks for it in the heads: a substantially different one may not converge.
 */
export function uniformFanIn(count: number, fanIn: number, random: Random): Float32Array {
  const bound = 1 / Math.sqrt(fanIn);
  return Float32Array.from({ length: count }, () => random.uniform(-bound, bound));
}

/**
 * torchvision's for the convolutions of its ResNets, `kaiming_normal_(mode='fan_out', nonlinearity='relu')`: normal with mean 0 and
 * variance 2/fanOut. The official code takes its backbones from there. Two draws a weight (Box and Muller).
 */
export function normalFanOut(count: number, fanOut: number, random: Random): Float32Array {
  const std = Math.sqrt(2 / fanOut);
  return Float32Array.from({ length: count }, () => {
    // 1 - u is in (0, 1], so that its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
    return std * radius * Math.cos(2 * Math.PI * random.uniform());
  });
}

export function zeros(count: number): Float32Array {
  return new Float32Array(count);
}

export function ones(count: number): Float32Array {
  return new Float32Array(count).fill(1);
}
