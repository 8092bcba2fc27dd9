import type { DiagnosisState } from '../../../domain/diagnosis/states';
import type { FrameImages, OutputFrame, Reading } from '../../../domain/outputFrame';
import { grouped, inWords } from '../../numbers';
import { paintSphere } from '../paint/paintSphere';
import { LIGHT_PALETTE } from '../paint/palette';
import type { TileSheets } from '../paint/tiles';
import { arcsBetween } from '../sphere/arcs';
import { pointsOf } from '../sphere/points';
import { type Rotation, rotatePoints } from '../sphere/rotation';
import { byDepth, tileSide } from '../sphere/scene';
import { type Bar, cosineBars, singularBars } from '../values/bars';
import { READING_WORDS, shareWords } from '../words/describeOutputs';
import { outputFacts } from '../words/outputFacts';

/** Size of a saved picture, in CSS pixels. Both are even when doubled or not, as H.264 needs. */
export const STILL = { width: 640, height: 720 } as const;
const MARGIN = 24;
const SPHERE = { x: STILL.width / 2, y: 326, radius: 252 } as const;
const BARS = { top: 612, height: 56, width: 270 } as const;

/** What a saved picture shows besides a frame. */
export interface StillSubject {
  readonly images: FrameImages;
  readonly reading: Reading;
  readonly rotation: Rotation;
  /** null: dots in the colours of the classes. */
  readonly tiles: TileSheets | null;
  /** The run and its data set, e.g. “SimSiam · tiny · Fashion-MNIST”. */
  readonly caption: string;
}

/** One moment of a run. */
export interface StillMoment {
  readonly frame: OutputFrame;
  /** Where the images are drawn, on the way to the frame's points; null: at these. */
  readonly points: Float32Array | null;
  readonly state: DiagnosisState | null;
  /** Whose name is written beside the step, e.g. “collapsed”; empty for none. */
  readonly stateName: string;
  /** Where the images lay when the switch went off; null draws no trails. */
  readonly trailStart: Float32Array | null;
}

/** The side of the foremost tile in a saved picture. */
export function stillTileSide(images: number): number {
  return tileSide(images, SPHERE.radius);
}

/** Draws a frame with its values, on the light scheme's ground, to be saved. */
export function paintStill(context: CanvasRenderingContext2D, subject: StillSubject, moment: StillMoment): void {
  const { images, reading, rotation, tiles, caption } = subject;
  const { frame, state, stateName } = moment;
  const facts = outputFacts(frame, images, reading);
  const cloud = frame[reading];
  const { ground, ink, dim, accent, warning } = LIGHT_PALETTE;
  context.globalAlpha = 1;
  context.fillStyle = ground;
  context.fillRect(0, 0, STILL.width, STILL.height);
  const write = (
    words: string,
    x: number,
    y: number,
    color: string,
    font = '13px',
    align: CanvasTextAlign = 'left',
  ) => {
    context.font = `${font} system-ui, sans-serif`;
    context.textAlign = align;
    context.fillStyle = color;
    context.fillText(words, x, y, STILL.width - 2 * MARGIN);
  };
  const right = STILL.width - MARGIN;
  const isFailure = state === 'collapsed' || state === 'narrowing' || state === 'dimensional';
  write(caption, MARGIN, 30, ink, 'bold 15px');
  write(`step ${grouped(frame.step)}`, right, 30, ink, 'bold 15px', 'right');
  write(stateName, right, 49, isFailure ? warning : dim, '13px', 'right');
  if (facts === null || cloud === null) return;
  write(
    `${grouped(facts.images)} images, ${READING_WORDS[reading]}, d = ${grouped(facts.dimensions)}: ${shareWords(facts)}`,
    MARGIN,
    49,
    dim,
  );
  const points = moment.points ?? pointsOf(cloud.points);
  const onScreen = new Float32Array(points.length);
  rotatePoints(points, rotation, onScreen);
  const { trailStart } = moment;
  paintSphere(
    context,
    {
      turned: onScreen,
      order: byDepth(onScreen),
      rotation,
      labels: images.labels,
      tiles,
      trails: trailStart === null ? [] : arcsBetween(trailStart, points),
      selected: null,
      named: null,
      near: new Set(),
    },
    { ...SPHERE, side: stillTileSide(images.indices.length) },
    LIGHT_PALETTE,
  );
  const isPile = state === 'collapsed' || state === 'narrowing';
  const number = (value: number, decimals: number) => (Number.isFinite(value) ? inWords(value, decimals) : '–');
  const second = right - BARS.width;
  write(`Cosine of two images: mean ${number(cloud.meanCosine, 2)}`, MARGIN, BARS.top - 12, ink);
  write(
    `Singular values: rank ${number(cloud.effectiveRank, 1)} of ${grouped(facts.rankBound)}`,
    second,
    BARS.top - 12,
    ink,
  );
  paintBars(context, MARGIN, cosineBars(cloud.cosines), isPile ? warning : accent);
  paintBars(context, second, singularBars(cloud.singularValues), isFailure ? warning : accent);
  const below = BARS.top + BARS.height + 15;
  for (const [words, share] of [
    ['−1', 0],
    ['0', 0.5],
    ['1', 1],
  ] as const) {
    const align = share === 0 ? 'left' : share === 1 ? 'right' : 'center';
    write(words, MARGIN + share * BARS.width, below, dim, '11px', align);
  }
  paintEven(context, second, 1 / Math.sqrt(facts.dimensions));
  write('1/√d', right, BARS.top + BARS.height * (1 - 1 / Math.sqrt(facts.dimensions)) - 3, dim, '11px', 'right');
  write('SimSiam Lab', right, STILL.height - 14, dim, '11px', 'right');
}

function paintBars(context: CanvasRenderingContext2D, left: number, bars: readonly Bar[], color: string): void {
  context.fillStyle = color;
  for (const { x, width, height } of bars) {
    const tall = height * BARS.height;
    context.fillRect(left + x * BARS.width, BARS.top + BARS.height - tall, width * BARS.width, tall);
  }
  context.fillStyle = LIGHT_PALETTE.rim;
  context.fillRect(left, BARS.top + BARS.height, BARS.width, 1);
}

/** The dashed line at 1/√d. */
function paintEven(context: CanvasRenderingContext2D, left: number, height: number): void {
  const y = BARS.top + BARS.height * (1 - height);
  context.save();
  context.setLineDash([4, 3]);
  context.strokeStyle = LIGHT_PALETTE.dim;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(left + BARS.width, y);
  context.stroke();
  context.restore();
}
