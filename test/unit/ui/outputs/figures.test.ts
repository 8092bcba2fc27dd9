import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LIGHT_PALETTE } from '../../../../src/ui/outputs/paint/palette';
import { defaultView } from '../../../../src/ui/outputs/sphere/defaultView';
import { rotatePoints } from '../../../../src/ui/outputs/sphere/rotation';

/** The pictures in the README are drawn by these tests from recorded runs, from the side that the page shows first. */

interface Recorded {
  readonly images: { readonly labels: readonly number[] };
  readonly frames: readonly { readonly step: number; readonly z: { readonly points: readonly number[] } }[];
}

const RADIUS = 110;
const [CELL, HEAD, LEFT] = [2 * RADIUS + 24, 44, 92];

const recorded = (name: string): Recorded => JSON.parse(readFileSync(`test/fixtures/frames/${name}.json`, 'utf8'));

/** One point for each image, as a round dot in the colour of its class; those on the back side are pale. */
function dots(points: readonly number[], labels: readonly number[], side: Float32Array): string {
  const turned = new Float32Array(points.length);
  rotatePoints(Float32Array.from(points), defaultView(side), turned);
  const paths = new Map<string, string>();
  labels.forEach((label, i) => {
    const [x, y, z] = [turned[3 * i]!, turned[3 * i + 1]!, turned[3 * i + 2]!];
    const key = `stroke="${LIGHT_PALETTE.classes[label % 12]}"${z < 0 ? ' opacity=".25"' : ''}`;
    paths.set(key, `${paths.get(key) ?? ''}M${(RADIUS * x).toFixed(1)} ${(-RADIUS * y).toFixed(1)}h0`);
  });
  // The back side first.
  const sorted = [...paths].sort(([a], [b]) => Number(b.includes('opacity')) - Number(a.includes('opacity')));
  return sorted.map(([key, d]) => `<path ${key} d="${d}"/>`).join('');
}

interface Cell {
  readonly name: string;
  readonly step: number;
}

function figure(rows: readonly string[], columns: readonly string[], cells: readonly (readonly Cell[])[]): string {
  const [width, height] = [LEFT + CELL * columns.length, HEAD + CELL * rows.length];
  const text = (words: string, x: number, y: number) => `<text x="${x}" y="${y}" text-anchor="middle">${words}</text>`;
  const heads = columns.map((words, i) => text(words, LEFT + CELL * (i + 0.5), 28));
  const names = rows.map((words, i) => text(words, LEFT / 2, HEAD + CELL * (i + 0.5)));
  const spheres = cells.flatMap((row, y) =>
    row.map(({ name, step }, x) => {
      const { images, frames } = recorded(name);
      const { points } = frames.find((frame) => frame.step === step)!.z;
      const at = `translate(${LEFT + CELL * (x + 0.5)} ${HEAD + CELL * (y + 0.5)})`;
      return `<g transform="${at}"><circle r="${RADIUS}" fill="none" stroke="#c8cdd6" stroke-width="1"/>${dots(points, images.labels, Float32Array.from(points))}</g>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="15" fill="#191c22">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...heads,
    ...names,
    `<g stroke-width="5" stroke-linecap="round">${spheres.join('\n')}</g>`,
    '</svg>\n',
  ].join('\n');
}

it('docs/outputs.svg: the three states at three output dimensions, after 300 steps', async () => {
  const states = ['healthy', 'collapsed', 'dimensional'];
  const svg = figure(
    ['d = 3', 'd = 64', 'd = 2048'],
    ['healthy', 'collapsed', 'dimensional collapse'],
    [3, 64, 2048].map((d) => states.map((state) => ({ name: `${state}-${d}`, step: 300 }))),
  );
  await expect(svg).toMatchFileSnapshot('../../../../docs/outputs.svg');
});

it('docs/figure2.svg: with and without stop-gradient as training goes on', async () => {
  const steps = [0, 100, 300];
  const svg = figure(
    ['with', 'without'],
    steps.map((step) => `step ${step}`),
    ['healthy-64', 'collapsed-64'].map((name) => steps.map((step) => ({ name, step }))),
  );
  await expect(svg).toMatchFileSnapshot('../../../../docs/figure2.svg');
});
