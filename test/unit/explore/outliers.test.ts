import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/engine/random';
import { neighbourGraph } from '../../../src/explore/graph/buildGraph';
import { outlierScores } from '../../../src/explore/outliers';
import { clusteredRows } from './clusteredRows';
import { plainProducts } from './plainProducts';

test('rows far from all clusters have the highest scores, also where some rows are equal', async () => {
  const rows = clusteredRows(600, 16, 6, 0.3);
  const random = seededRandom(9, 'outliers');
  const planted = [40, 141, 242, 343, 444, 545];
  for (const row of planted) for (let c = 0; c < 16; c++) rows.data[row * 16 + c] = random.uniform(-4, 4);
  for (let i = 0; i < 5; i++) rows.data.copyWithin((100 + i) * 16, 96 * 16, 97 * 16);
  const scores = outlierScores(await neighbourGraph(rows, { productsOf: plainProducts }));
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  expect(planted.every((row) => order.slice(0, 12).includes(row))).toBe(true);
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  expect(scores.filter((score) => score > 0.99).length).toBeLessThan(60);
});

test('rows that are all equal have no outlier', async () => {
  const rows = { data: new Float32Array(50 * 4).fill(1), n: 50, d: 4 };
  const scores = outlierScores(await neighbourGraph(rows, { productsOf: plainProducts }));
  expect(Math.max(...scores)).toBeLessThan(0.5);
});
