import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { EmbeddingTable } from '../../../src/engine/run/export/embeddingTable';
import { findingColumns } from '../../../src/engine/run/export/findingColumns';
import { imagesCsv } from '../../../src/engine/run/export/imageTable';
import { findingsOf } from '../../../src/session/exploring/findings';
import { clustersOfGroups, explorationOf, imagesInGroups } from '../../setup/explored';

const COUNT = 40;
const info = imagesInGroups(COUNT, 4);
const exploration = explorationOf(COUNT);
const found = { exploration, clusters: clustersOfGroups(COUNT, 4), leftOut: new Set([0, 2, 10]) };
const BASE = ['path', 'class', 'split'];
const FOUND = [
  'cluster',
  'cluster_probability',
  'outlier_score',
  'duplicate_of',
  'near_duplicate_of',
  'quality',
] as const;

function columns(changed: Partial<typeof found> | object = {}) {
  const findings = findingsOf({ ...found, ...changed }, info);
  if (findings === null) throw new Error('nothing was found');
  return findingColumns(findings, info.names);
}

const csvOf = (more = columns()) =>
  Buffer.concat([...imagesCsv(info, more)])
    .toString()
    .trim()
    .split('\r\n')
    .map((row) => row.split(','));

test('a Parquet table of embeddings holds what exploring found, and reads back', async () => {
  const table = new EmbeddingTable(info, false, columns());
  const pieces: Uint8Array[] = [];
  const block = (start: number, n: number) => ({
    start,
    features: { data: Float32Array.from({ length: 2 * n }, (_, i) => 2 * start + i), n, d: 2 },
    z: null,
  });
  for (const piece of table.add(block(0, 25))) pieces.push(piece);
  for (const piece of table.add(block(25, COUNT - 25))) pieces.push(piece);
  for (const piece of table.finish()) pieces.push(piece);
  const rows = await parquetReadObjects({ file: new Uint8Array(Buffer.concat(pieces)).buffer });
  expect(rows).toHaveLength(COUNT);
  expect(Object.keys(rows[0]!)).toEqual([...BASE, ...FOUND, 'features']);
  expect(rows[0]).toMatchObject({ path: info.names[0], class: 'class 0', cluster: 1, duplicate_of: info.names[1] });
  // The one with a tick is kept.
  expect(rows.map((row) => row.duplicate_of)).toEqual(
    info.names.map((_, i) => (i === 0 || i === 2 ? info.names[1] : null)),
  );
  expect(rows.flatMap((row, i) => (row.near_duplicate_of === null ? [] : [[i, row.near_duplicate_of]]))).toEqual([
    [10, info.names[11]],
    [14, info.names[13]],
  ]);
  expect(rows[9]).toMatchObject({ cluster: null, cluster_probability: 0 });
  expect(rows[9]!.outlier_score).toBeCloseTo(0.995, 6);
  expect(rows[25]!.features).toEqual([50, 51]);
  expect(rows.map((row) => row.quality).slice(3, 7)).toEqual(['dark', null, 'blurred', 'blurred']);
});

test('the CSV begins with path, class and split in the same order, and joins kinds of quality by semicolons', () => {
  const quality = [...(exploration.quality ?? []), { image: 3, kind: 'blurred', score: 0.5 }];
  const rows = csvOf(columns({ exploration: { ...exploration, quality } }));
  expect(rows[0]).toEqual([...BASE, ...FOUND]);
  expect(rows.slice(1).map(([path]) => path)).toEqual(info.names);
  expect(rows[4]!.at(-1)).toBe('dark;blurred');
  expect(csvOf([])[0]).toEqual(BASE);
});

test('what was not found out has no column, and findings of other images are none', () => {
  const without = columns({ clusters: null, exploration: { ...exploration, quality: null } });
  expect(without.map(({ name }) => name)).toEqual(['duplicate_of', 'near_duplicate_of']);
  expect(findingsOf(found, imagesInGroups(30, 3))).toBeNull();
  expect(findingsOf({ ...found, exploration: null }, info)).toBeNull();
});
