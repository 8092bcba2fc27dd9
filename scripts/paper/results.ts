import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RunSummary } from '../../src/domain/experiments/experiment';

const FOLDER = 'docs/paper/results';

/** The results of one run with one seed. */
export interface RecordedRun {
  /** The experiment's run. */
  readonly id: string;
  readonly seed: number;
  /** Its settings, by which a changed run is recorded anew. */
  readonly link: string;
  readonly summary: RunSummary;
}

/** The results of an experiment, as docs/paper/results/NAME.json holds them. */
export interface RecordedExperiment {
  /** Day of the last run, as YYYY-MM-DD. */
  readonly date: string;
  readonly engine: string;
  readonly adapter: string;
  readonly dataset: string;
  readonly runs: readonly RecordedRun[];
}

const fileOf = (name: string) => `${FOLDER}/${name}.json`;

/** The results of an experiment; null before it is recorded. */
export function readResults(name: string): RecordedExperiment | null {
  return existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), 'utf8')) : null;
}

/** Six digits: the figures are not known more precisely. */
const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);

/** Writes the results with one run a line. */
export function writeResults(name: string, { runs, ...head }: RecordedExperiment): void {
  mkdirSync(FOLDER, { recursive: true });
  const lines = runs.map((run) => `    ${JSON.stringify(run, rounded)}`);
  const start = JSON.stringify(head, null, 2).replace(/\n\}$/, ',');
  writeFileSync(fileOf(name), `${start}\n  "runs": [\n${lines.join(',\n')}\n  ]\n}\n`);
}
