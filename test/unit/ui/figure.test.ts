import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIGURE_COLORS, type Figure, figureSvg } from '../../../src/ui/charts/figure';
import { LIVE_STYLES, OVERLAY_STYLES } from '../../../src/ui/charts/lineStyles';

const points = Array.from({ length: 50 }, (_, i) => ({ step: i, value: -i / 50 }));
const FIGURE: Figure = {
  title: 'Loss',
  subtitle: 'Fashion-MNIST · preset tiny',
  axis: 'loss of SimSiam',
  frame: {
    end: 50,
    stepTicks: [0, 20, 40],
    domain: [-1, 0],
    valueTicks: [-1, -0.5, 0],
    references: [{ name: 'perfect', value: -1 }],
  },
  lines: [
    { name: 'SimSiam · tiny', style: LIVE_STYLES.main, points, live: true },
    { name: 'a <b> & "c"', style: OVERLAY_STYLES[0]!, points, live: false },
  ],
  markers: [{ kind: 'change', step: 10, key: 'stopGradient', value: false }],
};

describe('a saved picture', () => {
  const svg = figureSvg(FIGURE);

  it('has a title, axes, a legend, references and labelled events', () => {
    const words = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    for (const expected of ['Loss', 'Fashion-MNIST · preset tiny', 'step', 'loss of SimSiam', 'perfect']) {
      expect(words).toContain(expected);
    }
    expect(words).toEqual(expect.arrayContaining(['0', '20', '40', '−1.0', '−0.5', '0.0']));
    expect(words).toEqual(
      expect.arrayContaining(['◂ stop-gradient off', 'SimSiam · tiny', 'a &#60;b&#62; &#38; &#34;c&#34;']),
    );
  });

  it('has a band around a mean over seeds', () => {
    const shifted = (by: number) => points.map(({ step, value }) => ({ step, value: value + by }));
    const band = { upper: shifted(0.1), lower: shifted(-0.1) };
    const [live, other] = FIGURE.lines;
    const drawn = figureSvg({ ...FIGURE, lines: [live!, { ...other!, band }] });
    expect(drawn.match(/fill-opacity/g)).toHaveLength(1);
    expect(svg).not.toContain('fill-opacity');
  });

  it('is self-contained: no style sheet, no property of the page, no specific font, no external file', () => {
    expect(svg).not.toMatch(/var\(|class=|<style|href|url\(/);
    expect(svg).toContain('font-family="sans-serif"');
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).toMatch(/<rect width="800" height="\d+" fill="#ffffff"\/>/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('draws every point within the plot, the live line over the others', () => {
    const paths = [...svg.matchAll(/<path d="M([^"]*L[^"]*)"[^>]*stroke="(#\w+)"/g)];
    expect(paths.map(([, , color]) => color)).toEqual([FIGURE_COLORS['--lab-run-1'], FIGURE_COLORS['--lab-accent']]);
    for (const [, path] of paths) {
      const drawn = path!.split('L').map((point) => point.split(' ').map(Number));
      expect(drawn).toHaveLength(50);
      expect(drawn[0]).toEqual([76, 78]);
      expect(drawn.every(([x, y]) => x! >= 76 && x! <= 776 && y! >= 78 && y! <= 420)).toBe(true);
    }
  });

  it('grows with its legend', () => {
    const height = (figure: Figure) => Number(/height="(\d+)"/.exec(figureSvg(figure))?.[1]);
    const name = 'SimSiam · a rather long name of a run, with more';
    const lines = OVERLAY_STYLES.map((style) => ({ name, style, points, live: false }));
    expect(height({ ...FIGURE, lines })).toBeGreaterThan(height(FIGURE));
  });

  it('can be drawn without any line', () => {
    expect(figureSvg({ ...FIGURE, lines: [], markers: [] })).toContain('</svg>');
  });
});

it('has the colours of the page’s light scheme', () => {
  const css = readFileSync('src/ui/theme.css', 'utf8');
  const [light = ''] = css.split('[data-mantine-color-scheme="dark"]');
  for (const [property, color] of Object.entries(FIGURE_COLORS)) expect(light).toContain(`${property}: ${color};`);
});
