import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { paperDocument } from '../../scripts/paper/document';
import { commandOf, PLANNED, SEEDS } from '../../scripts/paper/plan';
import { type RecordedExperiment, readResults } from '../../scripts/paper/results';
import { runSummary } from '../../src/domain/experiments/runSummary';

const TEMPLATE = readFileSync('docs/paper/template.md', 'utf8');

it('docs/paper.md is what the recorded results give', () => {
  expect(readFileSync('docs/paper.md', 'utf8')).toBe(paperDocument(TEMPLATE, readResults));
});

it('reports each experiment with its runs, verdict, date, engine and command', () => {
  const results: RecordedExperiment = {
    date: '2026-11-30',
    engine: 'wasm',
    adapter: 'processor, 1 thread',
    dataset: 'Fashion-MNIST',
    runs: SEEDS.flatMap((seed) =>
      ['with', 'without'].map((id) => ({
        id,
        seed,
        link: '',
        summary: runSummary(300, 64, {
          loss: id === 'with' ? -0.7 - 0.01 * seed : -0.999,
          outputStd: id === 'with' ? 0.09 + 0.005 * seed : 0.005,
          effectiveRank: 20,
          knn: 0.6 + 0.01 * seed,
          baseline: { untrained: 0.57, chance: 0.1, queries: 2000 },
        }),
      })),
    ),
  };
  const text = paperDocument('{{overview}}\n\n{{experiments}}\n', (name) => (name === 'figure2' ? results : null));
  expect(text).toContain('| Figure 2: stop-gradient | Sec. 4.1, Fig. 2 |');
  expect(text).toContain('| with stop-gradient | −0.720 ± 0.006 | 0.80 ± 0.02 | 20 | 62.0 ± 1.1 | 57.0 ± 1.1 | 67.7 |');
  expect(text).toContain('**Reproduced: in part.** Holds: with stop-gradient the outputs stay spread, std·√d 0.80');
  expect(text).toContain('Fashion-MNIST, 300 steps of `tiny`, seeds 1, 2, 3, wasm (processor, 1 thread), 2026-11-30');
  expect(text).toContain('`npm run experiment -- --preset figure2 --base tiny --steps 300 --seeds 1,2,3');
  // An experiment without results has its command, and no verdict.
  for (const planned of PLANNED) expect(text).toContain(commandOf(planned));
  expect(text).toContain('not recorded: `npm run experiment -- --preset family');
});

it('plans each experiment under a name of its own', () => {
  expect(new Set(PLANNED.map(({ name }) => name)).size).toBe(PLANNED.length);
});
