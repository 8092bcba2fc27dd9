/** Number of colours of classes; further classes use them again. */
export const CLASS_COLORS = 12;

/** The colours of the pictures of the outputs, as CSS colours. */
export interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly dim: string;
  readonly line: string;
  /** The sphere's outline. */
  readonly rim: string;
  /** Of the graticule. */
  readonly grid: string;
  readonly accent: string;
  readonly warning: string;
  readonly classes: readonly string[];
}

const PROPERTIES = {
  ground: '--lab-surface',
  ink: '--lab-ink',
  dim: '--lab-dim',
  line: '--lab-line',
  rim: '--lab-line-strong',
  grid: '--lab-graticule',
  accent: '--lab-accent',
  warning: '--lab-warning',
} as const;

/** The theme's colours by their custom properties. */
export function paletteOf(colorOf: (property: string) => string): Palette {
  const { ground, ink, dim, line, rim, grid, accent, warning } = PROPERTIES;
  return {
    ground: colorOf(ground),
    ink: colorOf(ink),
    dim: colorOf(dim),
    line: colorOf(line),
    rim: colorOf(rim),
    grid: colorOf(grid),
    accent: colorOf(accent),
    warning: colorOf(warning),
    classes: Array.from({ length: CLASS_COLORS }, (_, i) => colorOf(`--lab-class-${i + 1}`)),
  };
}

/** The colours of the scheme in which an element is shown. */
export function paletteAt(element: Element): Palette {
  const style = getComputedStyle(element);
  return paletteOf((property) => style.getPropertyValue(property).trim());
}

/** The light scheme's colours, for saved pictures and films. */
export const LIGHT_PALETTE: Palette = {
  ground: '#ffffff',
  ink: '#191c22',
  dim: '#596070',
  line: '#e2e5ea',
  rim: '#8a91a0',
  grid: '#dfe3e9',
  accent: '#2b50d6',
  warning: '#c1272d',
  classes: [
    '#1f744f',
    '#7e3d00',
    '#7a56a1',
    '#005761',
    '#79650f',
    '#783767',
    '#4f7025',
    '#245370',
    '#895e16',
    '#624469',
    '#2e7167',
    '#494f5a',
  ],
};

/** The colour of a class; of images without one, which have -1, the second ink. */
export function classColor(palette: Palette, label: number | undefined): string {
  return label === undefined || label < 0 ? palette.dim : (palette.classes[label % CLASS_COLORS] ?? palette.dim);
}
