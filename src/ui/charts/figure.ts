import type { Marker } from '../../domain/measurement';
import type { Point } from '../../session/run/series';
import type { Band } from './band';
import { placeMarkers, spreadLabels } from './chartData';
import { type ChartFrame, stepWords, tickWords } from './chartFrame';
import type { LineStyle } from './lineStyles';

/** The colours of the theme's light scheme, because a saved picture cannot use the page's style sheet. */
export const FIGURE_COLORS: Readonly<Record<string, string>> = {
  '--lab-surface': '#ffffff',
  '--lab-ink': '#191c22',
  '--lab-dim': '#596070',
  '--lab-line': '#e2e5ea',
  '--lab-line-strong': '#8a91a0',
  '--lab-accent': '#2b50d6',
  '--lab-second': '#9a4d14',
  '--lab-reference': '#17795a',
  '--lab-warning': '#c1272d',
  '--lab-run-1': '#e8366f',
  '--lab-run-2': '#00a0b4',
  '--lab-run-3': '#a98a00',
  '--lab-run-4': '#4b1d73',
  '--lab-run-5': '#8a1538',
};

export interface FigureLine {
  readonly name: string;
  readonly style: LineStyle;
  readonly points: readonly Point[];
  /** The points at one standard deviation above and below, where the line is a mean over seeds. */
  readonly band?: Band | null;
  /** Whether the line is of the run on the page, which is drawn thicker than the others. */
  readonly live: boolean;
}

export interface Figure {
  readonly title: string;
  /** The data set, shown below the title. */
  readonly subtitle: string;
  readonly axis: string;
  readonly frame: ChartFrame;
  readonly lines: readonly FigureLine[];
  readonly markers: readonly Marker[];
}

const WIDTH = 800;
const PLOT = { left: 76, right: 776, top: 78, bottom: 420 };
const AXIS_LABEL_Y = 458;
const LEGEND = { top: 486, row: 22, sample: 34, gap: 26, letter: 6.7 };
const LABEL_LINE = 15;

const escaped = (text: string) => text.replace(/[<>&"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const colorOf = (property: string) => FIGURE_COLORS[property] ?? '#000000';
const rounded = (pixels: number) => Number(pixels.toFixed(1));

function text(words: string, x: number, y: number, attributes = ''): string {
  return `<text x="${rounded(x)}" y="${rounded(y)}" ${attributes}>${escaped(words)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, color: string, attributes = ''): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map(rounded);
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${color}" ${attributes}/>`;
}

function strokeOf({ style, live }: Pick<FigureLine, 'style' | 'live'>): string {
  const dash = style.dash === undefined ? '' : ` stroke-dasharray="${style.dash}"`;
  return `stroke="${colorOf(style.property)}" stroke-width="${live ? 2.4 : 1.8}"${dash}`;
}

/** The legend: names beside samples of their lines, as many per row as fit. */
function legendOf(lines: readonly FigureLine[]): { readonly parts: readonly string[]; readonly height: number } {
  let [x, row] = [PLOT.left, 0];
  const parts = lines.map((drawn) => {
    const width = LEGEND.sample + 8 + drawn.name.length * LEGEND.letter;
    if (x > PLOT.left && x + width > PLOT.right) [x, row] = [PLOT.left, row + 1];
    const y = LEGEND.top + row * LEGEND.row;
    const sample = `<path d="M${rounded(x)} ${y}h${LEGEND.sample}" fill="none" ${strokeOf(drawn)}/>`;
    const words = text(drawn.name, x + LEGEND.sample + 8, y + 4, `fill="${colorOf('--lab-ink')}"`);
    x += width + LEGEND.gap;
    return sample + words;
  });
  return { parts, height: LEGEND.top + (row + 1) * LEGEND.row };
}

/**
 * A chart as a self-contained SVG: title, named axes, reference lines, event markers and a legend, on white, with generic fonts.
 * All `points` are drawn: decimate them before.
 */
export function figureSvg({ title, subtitle, axis, frame, lines, markers }: Figure): string {
  const { end, stepTicks, domain, valueTicks, references } = frame;
  const x = (step: number) => PLOT.left + (step / end) * (PLOT.right - PLOT.left);
  const y = (value: number) => PLOT.bottom - ((value - domain[0]) / (domain[1] - domain[0])) * (PLOT.bottom - PLOT.top);
  const [ink, dim, reference, strong] = ['ink', 'dim', 'reference', 'line-strong'].map((name) =>
    colorOf(`--lab-${name}`),
  );
  const through = (points: readonly Point[]) =>
    points.map(({ step, value }) => `${rounded(x(step))} ${rounded(y(value))}`).join('L');
  const legend = legendOf(lines);
  const middle = (PLOT.top + PLOT.bottom) / 2;
  const parts = [
    text(title, PLOT.left, 30, `fill="${ink}" font-size="18" font-weight="bold"`),
    text(subtitle, PLOT.left, 50, `fill="${dim}"`),
    ...valueTicks.flatMap((tick) => [
      line(PLOT.left, y(tick), PLOT.right, y(tick), colorOf('--lab-line')),
      text(tickWords(tick, valueTicks), PLOT.left - 8, y(tick) + 4, `fill="${dim}" text-anchor="end"`),
    ]),
    line(PLOT.left, PLOT.bottom, PLOT.right, PLOT.bottom, strong ?? ''),
    ...stepTicks.flatMap((tick) => [
      line(x(tick), PLOT.bottom, x(tick), PLOT.bottom + 5, strong ?? ''),
      text(stepWords(tick), x(tick), PLOT.bottom + 19, `fill="${dim}" text-anchor="middle"`),
    ]),
    text('step', (PLOT.left + PLOT.right) / 2, AXIS_LABEL_Y, `fill="${ink}" text-anchor="middle"`),
    text(axis, 0, 0, `fill="${ink}" text-anchor="middle" transform="translate(20 ${middle}) rotate(-90)"`),
    ...spreadLabels(references, domain, PLOT.bottom - PLOT.top, LABEL_LINE).flatMap(({ name, value, shift }) => [
      line(PLOT.left, y(value), PLOT.right, y(value), reference ?? '', 'stroke-dasharray="5 4"'),
      text(name, PLOT.right - 4, y(value) - 5 - shift, `fill="${reference}" text-anchor="end"`),
    ]),
    ...placeMarkers(markers, end, PLOT.right - PLOT.left).flatMap((marker) => {
      const color = marker.warning ? colorOf('--lab-warning') : (dim ?? '');
      const at = x(marker.step);
      const words = text(
        marker.words ?? '',
        at + (marker.leftwards ? -5 : 5),
        PLOT.top + 4 + marker.line * LABEL_LINE,
        `fill="${color}" text-anchor="${marker.leftwards ? 'end' : 'start'}"`,
      );
      return [
        line(at, PLOT.top - 8, at, PLOT.bottom, color, 'stroke-dasharray="2 3"'),
        marker.words === null ? '' : words,
      ];
    }),
    ...lines.flatMap(({ band, style }) =>
      band === undefined || band === null || band.upper.length === 0
        ? []
        : [
            `<path d="M${through(band.upper)}L${through([...band.lower].reverse())}Z" fill="${colorOf(style.property)}" fill-opacity="0.16"/>`,
          ],
    ),
    // The live line is drawn last, over the others.
    ...[...lines]
      .sort((a, b) => Number(a.live) - Number(b.live))
      .filter(({ points }) => points.length > 0)
      .map((drawn) => `<path d="M${through(drawn.points)}" fill="none" stroke-linejoin="round" ${strokeOf(drawn)}/>`),
    ...legend.parts,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${legend.height}" viewBox="0 0 ${WIDTH} ${legend.height}" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(`${title}, ${subtitle}`)}</title>`,
    `<rect width="${WIDTH}" height="${legend.height}" fill="${colorOf('--lab-surface')}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}
