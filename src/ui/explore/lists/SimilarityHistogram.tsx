import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from 'react';
import type { AlikeLimits } from '../../../session/exploring/duplicates';
import { grouped } from '../../numbers';
import { histogramOf } from './histogram';
import classes from './SimilarityHistogram.module.css';

const BINS = 72;
/** In CSS pixels. */
const HEIGHT = 64;
/** How many steps a key moves a mark. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

/** Round numbers between two, some five of them. */
function ticksBetween(from: number, to: number): number[] {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((each) => (to - from) / each <= 8) ?? 0.5;
  const first = Math.ceil(from / step - 1e-6);
  const last = Math.floor(to / step + 1e-6);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

interface SimilarityHistogramProps {
  /** The cosine of each image to its nearest. */
  readonly values: Float32Array;
  readonly limits: AlikeLimits;
  onLimit(limits: AlikeLimits): void;
}

/** How similar the nearest other image is, over all images, with two marks to drag. */
export function SimilarityHistogram({ values, limits, onLimit }: SimilarityHistogramProps) {
  const { from, to, counts } = useMemo(() => histogramOf(values, BINS), [values]);
  const most = Math.max(1, ...counts);
  const chart = useRef<HTMLDivElement>(null);
  // Many embeddings have all their cosines close to 1.
  const decimals = to - from <= 0.1 ? 4 : 3;
  const share = (value: number) => (Math.max(from, Math.min(to, value)) - from) / (to - from);
  const valueAt = (clientX: number) => {
    const box = chart.current?.getBoundingClientRect();
    if (box === undefined) return from;
    return from + Math.max(0, Math.min(1, (clientX - box.left) / box.width)) * (to - from);
  };
  const kind = (value: number) => (value >= limits.near ? 'near' : value >= limits.alike ? 'alike' : undefined);
  const ticks = ticksBetween(from, to);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <b>Cosine to the nearest other image</b>
        <span>{grouped(values.length)} images · drag the two marks to move the limits</span>
      </figcaption>
      <div ref={chart} className={classes.chart} style={{ height: HEIGHT }}>
        {[...counts].map((count, bin) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            key={bin}
            className={classes.bar}
            data-kind={kind(from + ((bin + 0.5) / BINS) * (to - from))}
            style={{ height: `${(100 * Math.sqrt(count)) / Math.sqrt(most)}%` }}
          />
        ))}
        <Mark
          words="alike"
          label="Alike from this cosine"
          value={limits.alike}
          at={share(limits.alike)}
          range={[from, limits.near]}
          decimals={decimals}
          valueAt={valueAt}
          onChange={(alike) => onLimit({ ...limits, alike: Math.min(alike, limits.near) })}
        />
        <Mark
          words="very alike"
          label="Very alike from this cosine"
          value={limits.near}
          at={share(limits.near)}
          range={[limits.alike, to]}
          decimals={decimals}
          valueAt={valueAt}
          onChange={(near) => onLimit({ ...limits, near: Math.max(near, limits.alike) })}
        />
      </div>
      <div className={classes.axis} aria-hidden>
        {ticks.map((tick) => (
          <span key={tick} style={{ left: `${100 * share(tick)}%` }}>
            {tick.toFixed(2)}
          </span>
        ))}
      </div>
      <p className={classes.note}>Heights are square roots of the numbers, so that a few images can be seen, too.</p>
    </figure>
  );
}

interface MarkProps {
  readonly words: string;
  readonly label: string;
  readonly value: number;
  /** Where it stands, in [0, 1]. */
  readonly at: number;
  readonly range: readonly [least: number, most: number];
  readonly decimals: number;
  valueAt(clientX: number): number;
  onChange(value: number): void;
}

function Mark({ words, label, value, at, range: [least, most], decimals, valueAt, onChange }: MarkProps) {
  const step = 10 ** -decimals;
  const set = (next: number) => onChange(Number(Math.max(least, Math.min(most, next)).toFixed(decimals)));
  const press = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus();
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) set(valueAt(event.clientX));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = KEYS[event.key];
    if (by !== undefined) set(value + by * step);
    else if (event.key === 'Home') set(least);
    else if (event.key === 'End') set(most);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={classes.mark}
      role="slider"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      style={{ left: `${100 * at}%` }}
      onPointerDown={press}
      onPointerMove={drag}
      onKeyDown={onKeyDown}
    >
      <span className={classes.words}>
        {words} from {value.toFixed(decimals)}
      </span>
    </div>
  );
}
