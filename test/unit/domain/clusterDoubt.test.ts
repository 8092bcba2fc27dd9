import { expect, test } from 'vitest';
import { clusterDoubt } from '../../../src/domain/clusterDoubt';

test('clusters are doubted where there are none, or hardly any image is in one, as in noise', () => {
  expect(clusterDoubt(0, 20_000)).toMatch(/form no clusters/);
  expect(clusterDoubt(574, 20_000)).toMatch(/^Only 2\.9 % of the images are in clusters/);
  expect(clusterDoubt(999, 20_000)).not.toBeNull();
  expect(clusterDoubt(1000, 20_000)).toBeNull();
  expect(clusterDoubt(20_000, 20_000)).toBeNull();
});
