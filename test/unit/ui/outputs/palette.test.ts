import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LIGHT_PALETTE, paletteOf } from '../../../../src/ui/outputs/paint/palette';

const THEME = readFileSync('src/ui/theme.css', 'utf8');
/** The custom properties of the rule that begins with `selector`. */
function scheme(selector: string): ReadonlyMap<string, string> {
  const rule = THEME.slice(THEME.indexOf(selector)).split('}')[0] ?? '';
  return new Map([...rule.matchAll(/(--lab-[\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]));
}
const LIGHT = scheme(':root {');
const DARK = scheme(':root[data-mantine-color-scheme="dark"] {');

function channels(color: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
}

function luminance(color: string): number {
  const [r, g, b] = channels(color).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

it('saved pictures have the light scheme’s colours', () => {
  expect(LIGHT_PALETTE).toEqual(paletteOf((property) => LIGHT.get(property) ?? 'missing'));
});

it.each([
  ['light', LIGHT],
  ['dark', DARK],
] as const)(
  'classes have twelve colours of at least 5 : 1 in the %s scheme, none like the warning or the accent',
  (_, colors) => {
    const { classes, ground, warning, accent } = paletteOf((property) => colors.get(property) ?? 'missing');
    expect(new Set(classes).size).toBe(12);
    const distance = (a: string, b: string) => Math.hypot(...channels(a).map((c, i) => c - channels(b)[i]!));
    for (const color of classes) {
      expect(contrast(color, ground)).toBeGreaterThanOrEqual(5);
      expect(contrast(color, colors.get('--lab-page')!)).toBeGreaterThanOrEqual(5);
      expect(distance(color, warning)).toBeGreaterThan(0.25);
      expect(distance(color, accent)).toBeGreaterThan(0.25);
    }
  },
);
