import { describe, expect, it } from 'vitest';
import { normalFanOut, uniformFanIn } from '../../../src/engine/network/nn/init';
import { seededRandom } from '../../../src/engine/random';

const COUNT = 20_000;

function moments(values: Float32Array): { mean: number; std: number; kurtosis: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const power = (n: number) => values.reduce((sum, x) => sum + (x - mean) ** n, 0) / values.length;
  return { mean, std: Math.sqrt(power(2)), kurtosis: power(4) / power(2) ** 2 };
}

describe('first weights', () => {
  it('are uniform within 1/sqrt(fanIn)', () => {
    const values = uniformFanIn(COUNT, 9 * 16, seededRandom(1));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 / 12);
    const { mean, std, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(std).toBeCloseTo(1 / 12 / Math.sqrt(3), 3);
    expect(kurtosis).toBeCloseTo(1.8, 1);
  });

  it('are normal with variance 2/fanOut', () => {
    const { mean, std, kurtosis } = moments(normalFanOut(COUNT, 9 * 32, seededRandom(1)));
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(std * Math.sqrt((9 * 32) / 2)).toBeCloseTo(1, 1.5);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.15);
  });
});
