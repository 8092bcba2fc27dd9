/**
 * `npm run curves -- [NAME=]RESULT...`: adds the curves of all runs in results of `npm run experiment -- --json RESULT` to those that a
 * test replays through the diagnosis, under the experiment's name or NAME. Curves recorded before are kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { encodeShareLink } from '../src/domain/shareLink';
import type { RecordedCurve } from './experiment/recordedCurve';
import type { ExperimentResult } from './experiment/runExperiment';

const FILE = 'test/fixtures/curves.json';

const rounded = (digits: number) => (value: number) => Number(value.toFixed(digits));

function curvesOf(argument: string): RecordedCurve[] {
  const [file, name] = argument.split('=').reverse();
  const { experiment, base, runs }: ExperimentResult = JSON.parse(readFileSync(file, 'utf8'));
  return runs.flatMap(({ id, results }) =>
    results.map(({ config, series }) => ({
      run: `${base} ${name ?? experiment}/${id}`,
      seed: config.seed,
      link: encodeShareLink({ config, changes: [], folder: null }),
      loss: series.loss.map(rounded(3)),
      relativeStd: series.outputStd.map((std) => rounded(3)(std * Math.sqrt(config.outputDim))),
      rank: series.effectiveRank.step.map((step, i) => [step, rounded(1)(series.effectiveRank.value[i])]),
    })),
  );
}

const keyOf = ({ run, seed }: RecordedCurve) => `${run} ${String(seed).padStart(3)}`;

const known: RecordedCurve[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [];
const added = process.argv.slice(2).flatMap(curvesOf);
const curves = new Map([...known, ...added].map((curve) => [keyOf(curve), curve]));
const lines = [...curves].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, curve]) => JSON.stringify(curve));
writeFileSync(FILE, `[\n${lines.join(',\n')}\n]\n`);
console.log(`${FILE}: ${lines.length} curves, ${added.length} of them new.`);
