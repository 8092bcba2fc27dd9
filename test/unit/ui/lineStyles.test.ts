import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_OVERLAYS } from '../../../src/session/archive/archiveStore';
import { LIVE_STYLES, OVERLAY_STYLES } from '../../../src/ui/charts/lineStyles';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** Linear RGB as seen without one kind of cone: Machado, Oliveira & Fernandes 2009, severity 1. */
const VISION: Record<string, Matrix> = {
  trichromat: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const XYZ: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

const times = (matrix: Matrix, [a, b, c]: Triple): Triple => {
  const [x, y, z] = matrix.map((row) => row[0] * a + row[1] * b + row[2] * c);
  return [x!, y!, z!];
};

function linear(hex: string): Triple {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return [r!, g!, b!];
}

/** CIE L*a*b* under D65. */
function lab(rgb: Triple): Triple {
  const clipped = rgb.map((c) => Math.min(1, Math.max(0, c))) as unknown as Triple;
  const [x, y, z] = times(XYZ, clipped);
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function contrast(one: string, other: string): number {
  const [high, low] = [one, other].map((hex) => times(XYZ, linear(hex))[1]).sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

const [light, dark] = readFileSync('src/ui/theme.css', 'utf8').split('[data-mantine-color-scheme="dark"]');
const STYLES = [LIVE_STYLES.main, ...OVERLAY_STYLES];

describe.each([
  ['light', light!],
  ['dark', dark!],
])('lines of runs in the %s scheme', (_, css) => {
  const colorOf = (property: string) => new RegExp(`${property}: (#[0-9a-f]{6});`).exec(css)?.[1] ?? 'none';
  const colors = STYLES.map(({ property }) => colorOf(property));

  it('contrast with the card', () => {
    for (const color of colors) expect(contrast(color, colorOf('--lab-surface')), color).toBeGreaterThan(3);
  });

  it.each(Object.keys(VISION))('differ for a %s', (vision) => {
    const seen = colors.map((color) => lab(times(VISION[vision]!, linear(color))));
    seen.forEach((one, i) => {
      seen.slice(0, i).forEach((other, j) => {
        const distance = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
        expect(distance, `${colors[i]} and ${colors[j]}`).toBeGreaterThan(18);
      });
    });
  });
});

it('differ without any colour', () => {
  expect(OVERLAY_STYLES).toHaveLength(MAX_OVERLAYS);
  expect(new Set(STYLES.map(({ dash }) => dash)).size).toBe(STYLES.length);
});
