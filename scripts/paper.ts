/**
 * `npm run paper -- [--record] [--only NAME]`: writes docs/paper.md from docs/paper/template.md and the results in docs/paper/results/.
 * With `--record` it first makes the runs that are missing there, or whose settings have changed, and can be interrupted and repeated;
 * `--only` makes those of one experiment.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { paperDocument } from './paper/document';
import { PLANNED } from './paper/plan';
import { recordExperiment } from './paper/record';
import { readResults } from './paper/results';

const { values: options } = parseArgs({
  options: { record: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const chosen = PLANNED.filter(({ name }) => (options.only ?? name) === name);
if (chosen.length === 0) {
  console.error(`--only ${options.only}: choose one of ${PLANNED.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}
if (options.record) for (const planned of chosen) await recordExperiment(planned, console.log);
writeFileSync('docs/paper.md', paperDocument(readFileSync('docs/paper/template.md', 'utf8'), readResults));
console.log('docs/paper.md');
