import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportOn } from '../../scripts/report/reportOn';
import type { BottomLine } from '../../src/domain/bottomLine';
import { seededRandom } from '../../src/engine/random';
import { writeEncoder } from '../../src/engine/run/export/encoderFile';
import { drawnEncoder } from '../setup/encoders';

const NAME = 'pictures <img src=x onerror=alert(1)>';
let root: string;
let folder: string;

/** Smooth colours of some frequency, as an own picture for each seed. */
async function picture(seed: number, side = 64): Promise<Buffer> {
  const random = seededRandom(seed, 'picture');
  const small = Buffer.from(Uint8Array.from({ length: 6 * 6 * 3 }, () => random.integer(0, 255)));
  const raw = { width: 6, height: 6, channels: 3 } as const;
  return sharp(small, { raw }).resize(side, side, { kernel: 'cubic' }).png().toBuffer();
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'report-'));
  folder = join(root, NAME);
  for (const split of ['train', 'test']) {
    for (const name of ['a', 'b']) await mkdir(join(folder, split, name), { recursive: true });
  }
  for (let i = 0; i < 48; i++) {
    const place = join(folder, i % 4 === 3 ? 'test' : 'train', i % 2 === 0 ? 'a' : 'b');
    await writeFile(join(place, `${i}.png`), await picture(i));
  }
  await writeFile(join(folder, 'test', 'a', 'equal.png'), await picture(0));
  await writeFile(
    join(folder, 'train', 'b', 'smaller.jpg'),
    await sharp(await picture(1))
      .resize(48, 48)
      .jpeg()
      .toBuffer(),
  );
  const black = { create: { width: 64, height: 64, channels: 3, background: '#000' } } as const;
  await writeFile(join(folder, 'train', 'a', 'black.png'), await sharp(black).png().toBuffer());
});
afterAll(() => rm(root, { recursive: true }));

const filesIn = async () => (await readdir(folder, { recursive: true })).sort();

test('a folder is reported by its raw pixels: duplicates, a leak, a black picture; nothing is moved', async () => {
  const before = await filesIn();
  const [json, html] = [join(root, 'report.json'), join(root, 'report.html')];
  const text = await reportOn({ location: folder, weights: undefined, json, html });
  expect(text).toContain('51 images, compared by raw pixels');
  expect(await filesIn()).toEqual(before);

  const report = JSON.parse(await readFile(json, 'utf8'));
  expect(report.exact).toEqual([['test/a/equal.png', 'train/a/0.png']]);
  expect(report.exactLeaks).toEqual(report.exact);
  expect(report.near.map(({ paths }: { paths: string[] }) => [...paths].sort())).toEqual([
    ['train/b/1.png', 'train/b/smaller.jpg'],
  ]);
  expect(report.near[0]).toMatchObject({ kind: 'same', leak: false });
  expect(report.near[0].score).toBeGreaterThan(0.88);
  const found = report.quality.filter(({ path }: { path: string }) => path === 'train/a/black.png');
  expect(found.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['dark', 'empty']);
  const clustered = report.clusters.flatMap(({ paths }: { paths: string[] }) => paths);
  expect(clustered.length + report.noise.length).toBe(51);
  expect(report.bottomLine).toBeNull();

  const page = await readFile(html, 'utf8');
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(page).not.toContain('<img src=x');
  expect(page).not.toMatch(/<script|src="(?!data:)|https?:\/\//);
  expect(page).toContain('in train and test');
});

test('with weights it is reported by their features, with a bottom line that random weights do not win', async () => {
  const [weights, json] = [join(root, 'encoder.safetensors'), join(root, 'weights.json')];
  await writeFile(weights, writeEncoder(drawnEncoder({ engine: 'wasm' })));
  const text = await reportOn({ location: folder, weights, json, html: undefined });
  const { bottomLine, dataset } = JSON.parse(await readFile(json, 'utf8'));
  expect(dataset.features).toContain('encoder.safetensors');
  expect(bottomLine.verdict).not.toBe('yes');
  expect(bottomLine.comparisons.map(({ measure }: { measure: string }) => measure)).toEqual([
    'linear probe',
    'kNN accuracy',
    'view retrieval',
  ]);
  expect(text).toContain(bottomLine.sentence);
});

test('the weights that training began with are measured beside it exactly as they are alone', async () => {
  const began = drawnEncoder({ engine: 'wasm' });
  const tensors = [...began.tensors].map(
    ([name, { shape, values }]) => [name, { shape, values: values.toReversed() }] as const,
  );
  const trained = {
    ...began,
    normalisation: { mean: [0.1, 0.2, 0.3], std: [1, 1, 1] },
    tensors: new Map(tensors),
  } as const;
  const [after, before] = [join(root, 'after.safetensors'), join(root, 'before.safetensors')];
  await writeFile(after, writeEncoder(trained));
  await writeFile(before, writeEncoder(began));
  const html = join(root, 'after.html');
  const lineOf = async (weights: string, compared?: string): Promise<BottomLine> => {
    const json = join(root, `${compared === undefined ? 'alone' : 'both'}.json`);
    await reportOn({ location: folder, weights, before: compared, json, html: compared && html });
    return JSON.parse(await readFile(json, 'utf8')).bottomLine;
  };
  const both = await lineOf(after, before);
  const alone = await lineOf(before);
  expect(both.comparisons).toHaveLength(3);
  expect(both.comparisons.map(({ given }) => given)).toEqual(alone.comparisons.map((own) => own.trained));
  expect(both.comparisons.map((own) => own.trained)).not.toEqual(both.comparisons.map(({ given }) => given));
  expect(both.answer).toContain('the weights as they came');
  expect(await readFile(html, 'utf8')).toContain('<th scope="col">as it came</th>');
  expect(alone.comparisons[0]).not.toHaveProperty('given');
});

test('what cannot be used is named, and nothing is written', async () => {
  const json = join(root, 'none.json');
  const asked = { location: folder, weights: undefined, json, html: undefined };
  await expect(reportOn({ ...asked, location: join(root, 'nowhere') })).rejects.toThrow(/nowhere: no such folder/);
  await expect(reportOn({ ...asked, weights: join(root, 'no.safetensors') })).rejects.toThrow(/no such file/);
  await expect(reportOn({ ...asked, html: join(root, 'no folder', 'x.html') })).rejects.toThrow(/Make it first/);
  const damaged = join(root, 'damaged.safetensors');
  await writeFile(damaged, writeEncoder(drawnEncoder()).slice(0, 5000));
  await expect(reportOn({ ...asked, weights: damaged })).rejects.toThrow(/damaged\.safetensors/);
  await expect(reportOn({ ...asked, before: damaged })).rejects.toThrow(/name --weights too/);
  await expect(reportOn({ ...asked, weights: damaged, before: join(root, 'no.safetensors') })).rejects.toThrow(
    /no\.safetensors: no such file/,
  );
  await expect(readFile(json)).rejects.toThrow(/ENOENT/);
});
