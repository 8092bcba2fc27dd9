import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FITTED_SEEDS } from './matrix';
import type { RecordedCurve } from './recordedCurve';

const FOLDER = 'test/fixtures/curves';
const FIT = `${FOLDER}/fit.json`;
const SCORE = `${FOLDER}/score.json`;

/** Name and seed identify a curve. */
export const keyOf = ({ run, seed }: Pick<RecordedCurve, 'run' | 'seed'>) => `${run} #${String(seed).padStart(3, '0')}`;

function read(file: string): RecordedCurve[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** The curves recorded so far, by key. */
export function readCurves(): Map<string, RecordedCurve> {
  return new Map([...read(FIT), ...read(SCORE)].map((curve) => [keyOf(curve), curve]));
}

/** Writes the curves to fit on and those to score on, one a line, in the order of their keys. */
export function writeCurves(curves: ReadonlyMap<string, RecordedCurve>): void {
  mkdirSync(FOLDER, { recursive: true });
  const sorted = [...curves].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, curve]) => curve);
  const write = (file: string, some: readonly RecordedCurve[]) => {
    const lines = some.map((curve) => JSON.stringify(curve));
    if (lines.length > 0) writeFileSync(file, `[\n${lines.join(',\n')}\n]\n`);
  };
  write(
    FIT,
    sorted.filter(({ seed }) => seed <= FITTED_SEEDS),
  );
  write(
    SCORE,
    sorted.filter(({ seed }) => seed > FITTED_SEEDS),
  );
}
