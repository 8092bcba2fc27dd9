import { FrameRecorder, type RecordedFrames } from '../../domain/frameRecorder';
import {
  type Baselines,
  type Diagnosis,
  type Marker,
  type Measurement,
  SERIES_NAMES,
  type SeriesName,
} from '../../domain/measurement';
import type { FrameImages, OutputCloud, OutputFrame } from '../../domain/outputFrame';
import type { Emit, RunSignal } from '../../domain/signal';
import { MOST_POINTS, THINNED_POINTS, thinned } from '../../domain/thinnedSeries';
import { withMarker } from '../../domain/withMarker';

/**
 * Diagnoses that are kept, so that the one of an earlier step is known: a run goes back by at most two hundred steps, and has at most a few
 * diagnoses a step.
 */
const MOST_DIAGNOSES = 1024;

/** Points of a series, with rising steps: all, or after `MOST_POINTS` the lowest and highest of each interval of steps. */
export interface ReportedSeries {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** What a run has reported up to a step that charts and pictures show. */
export interface Reported {
  readonly series: ReadonlyMap<SeriesName, ReportedSeries>;
  readonly markers: readonly Marker[];
  /** null before the untrained network was measured. */
  readonly baselines: Baselines | null;
  /** The last diagnosis that was reported; null before the first. */
  readonly diagnosis: Diagnosis | null;
  /** null before the first frame. */
  readonly frames: RecordedFrames | null;
}

interface GrowingSeries {
  steps: number[];
  values: number[];
}

interface Dated<T> {
  readonly step: number;
  readonly value: T;
}

/** Keeps what a run reports, in a memory that does not grow with the steps, and passes it on. */
export class Reports {
  readonly #emit: Emit;
  #series = new Map<SeriesName, GrowingSeries>();
  #baselines: Baselines | null = null;
  #frames: FrameRecorder | null = null;
  /** Markers and diagnoses, each with the step of the measurement that it was reported after. */
  #markers: Dated<Marker>[] = [];
  #diagnoses: Dated<Diagnosis>[] = [];
  #lastMeasured = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  report(signal: RunSignal): void {
    this.#keep(signal);
    this.#emit(signal);
  }

  #keep({ kind, value }: RunSignal): void {
    if (kind === 'measurements') for (const measurement of value) this.#add(measurement);
    else if (kind === 'marker') {
      const step = value.kind === 'change' ? value.step : this.#lastMeasured;
      this.#markers = withMarker(this.#markers, { step, value }, (marker) => marker.value);
    } else if (kind === 'baselines') this.#baselines = value;
    else if (kind === 'diagnosis') {
      this.#diagnoses = [...this.#diagnoses.slice(1 - MOST_DIAGNOSES), { step: this.#lastMeasured, value }];
    }
    // Copied, since a receiver may transfer the arrays to another thread.
    else if (kind === 'frameImages') this.#frames = new FrameRecorder(copyOfImages(value));
    else if (kind === 'frame') this.#frames?.take(copyOfFrame(value));
  }

  #add(measurement: Measurement): void {
    this.#lastMeasured = Math.max(this.#lastMeasured, measurement.step);
    for (const name of SERIES_NAMES) {
      const value = measurement[name];
      if (value === undefined) continue;
      const series = this.#series.get(name) ?? { steps: [], values: [] };
      this.#series.set(name, series);
      series.steps.push(measurement.step);
      series.values.push(value);
      if (series.steps.length > MOST_POINTS) thin(series);
    }
  }

  /** Whether a series has a point of a step, its last one. */
  hasAt(name: SeriesName, step: number): boolean {
    return this.#series.get(name)?.steps.at(-1) === step;
  }

  hasMarker(marker: Marker): boolean {
    return this.#markers.some(({ value }) => JSON.stringify(value) === JSON.stringify(marker));
  }

  /** What was reported up to a step. */
  until(step: number): Reported {
    const series = [...this.#series].map(([name, { steps, values }]) => {
      const end = steps.findLastIndex((at) => at <= step) + 1;
      const part = (numbers: readonly number[]) => Float64Array.from(numbers.slice(0, end));
      return [name, { steps: part(steps), values: part(values) }] as const;
    });
    return {
      series: new Map(series.filter(([, { steps }]) => steps.length > 0)),
      markers: this.#markers.filter((marker) => marker.step <= step).map(({ value }) => value),
      baselines: this.#baselines,
      diagnosis: this.#diagnoses.findLast((diagnosis) => diagnosis.step <= step)?.value ?? null,
      frames: this.#frames?.recorded(step) ?? null,
    };
  }

  /** Forgets what was reported after a step, to which the run goes back. */
  goBack(step: number): void {
    this.#take(this.until(step), step);
  }

  /** Takes over what another run with the same settings and images had reported up to a step, and passes it on. */
  takeOver(reported: Reported, step: number): void {
    this.#take(reported, step);
    const { markers, baselines, diagnosis, frames } = reported;
    if (frames !== null) this.#emit({ kind: 'frameImages', value: copyOfImages(frames.images) });
    for (const frame of frames?.frames ?? []) this.#emit({ kind: 'frame', value: copyOfFrame(frame) });
    if (baselines !== null) this.#emit({ kind: 'baselines', value: baselines });
    const value = measurementsOf(reported.series);
    if (value.length > 0) this.#emit({ kind: 'measurements', value });
    for (const marker of markers) this.#emit({ kind: 'marker', value: marker });
    if (diagnosis !== null) this.#emit({ kind: 'diagnosis', value: diagnosis });
  }

  #take({ series, markers, baselines, diagnosis, frames }: Reported, step: number): void {
    this.#series = new Map(
      [...series].map(([name, { steps, values }]) => [name, { steps: [...steps], values: [...values] }]),
    );
    this.#markers = markers.map((value) => ({ step: value.step, value }));
    this.#baselines = baselines;
    this.#lastMeasured = step;
    this.#diagnoses = diagnosis === null ? [] : [{ step, value: diagnosis }];
    this.#frames = frames === null ? null : new FrameRecorder(frames.images, frames);
  }
}

/** It depends on the points alone, so that a run that goes on from a checkpoint keeps the same points as one without an interruption. */
function thin(series: GrowingSeries): void {
  const { steps, values } = series;
  const kept = thinned(series, steps.length, THINNED_POINTS);
  series.steps = kept.map((i) => steps[i]);
  series.values = kept.map((i) => values[i]);
}

/** The measurements of each step, by rising steps. */
function measurementsOf(series: Reported['series']): Measurement[] {
  const byStep = new Map<number, Partial<Record<SeriesName, number>>>();
  for (const [name, { steps, values }] of series) {
    steps.forEach((step, i) => {
      const measured = byStep.get(step) ?? {};
      byStep.set(step, measured);
      measured[name] = values[i];
    });
  }
  return [...byStep].sort(([a], [b]) => a - b).map(([step, measured]) => ({ step, ...measured }));
}

function copyOfImages({ indices, labels, dimensions }: FrameImages): FrameImages {
  return { indices: indices.slice(), labels: labels.slice(), dimensions };
}

function copyOfCloud(cloud: OutputCloud): OutputCloud {
  const { points, cosines, singularValues } = cloud;
  return { ...cloud, points: points.slice(), cosines: cosines.slice(), singularValues: singularValues.slice() };
}

function copyOfFrame({ step, z, p, features }: OutputFrame): OutputFrame {
  return { step, z: copyOfCloud(z), p: p === null ? null : copyOfCloud(p), features: copyOfCloud(features) };
}
