import { counted } from '../../domain/counted';
import type { SuitOutcome, SuitTable } from '../../domain/suiting/suitTable';
import type { SuitVerdict } from '../../domain/suiting/verdict';
import { candidateInWords } from '../../domain/suiting/words';
import { duration, grouped, inWords } from '../numbers';

const MEASURES = { knn: 'kNN accuracy', viewRetrieval: 'View retrieval' } as const;

type Shares = { readonly value: number; readonly standardError: number };

/** “45.2 ± 2.7” */
export function percentWithError({ value, standardError }: Shares): string {
  return `${inWords(100 * value, 1)} ± ${inWords(100 * standardError, 1)}`;
}

export function outcomeInWords(outcome: SuitOutcome): string {
  return outcome.kind === 'diverged' ? 'diverged' : percentWithError(outcome);
}

/** What the figures of the table are. */
export function measureInWords({ measure, tested }: Pick<SuitTable, 'measure' | 'tested'>): string {
  return measure === 'knn'
    ? `${MEASURES.knn} in %, of ${counted(tested, 'training image')} among the others, ± its standard error. Test images are not used.`
    : `${MEASURES.viewRetrieval} in %: how often an image’s other view is found among those of ${counted(tested, 'image')}, ± its standard error.`;
}

/** What the search does now. */
export function taskInWords({ task, rounds, entries }: SuitTable): string {
  if (task === null) return 'Ending';
  if (task.kind === 'speed') return 'Measuring how long a run takes, to plan the rounds';
  const { round, entry } = task;
  const { candidates } = rounds[round];
  const measured = entries.filter(({ outcomes }) => (outcomes[round] ?? null) !== null).length;
  const words = entry === 0 ? 'your settings' : candidateInWords(entries[entry].config);
  return `Round ${round + 1} of ${rounds.length}, run ${Math.min(candidates, measured + 1)} of ${candidates}: ${words}`;
}

/** The result of a search that has ended, in one sentence. */
export function verdictInWords(verdict: SuitVerdict, table: SuitTable): string {
  const nameOf = (entry: number) => `“${candidateInWords(table.entries[entry].config)}”`;
  switch (verdict.kind) {
    case 'ahead':
      return `${nameOf(verdict.entry)} is ahead of your settings by ${percentWithError(verdict.difference)} points${
        verdict.isSure ? '.' : '; less than two standard errors may be chance.'
      }`;
    case 'keep':
      return verdict.difference === null
        ? 'Every other candidate diverged: keep your settings.'
        : `No candidate is ahead of your settings by more than its standard error: keep them. The best other differs by ${percentWithError(verdict.difference)} points.`;
    case 'own-diverged':
      return `Your settings diverged in a short run; ${nameOf(verdict.entry)} reached ${percentWithError(verdict.score)} %.`;
    case 'all-diverged':
      return 'All candidates diverged. Lower the learning rate, and search again.';
    case 'unknown':
      return unknownInWords(table);
    default:
      return verdict satisfies never;
  }
}

function unknownInWords({ ending, secondsNeeded }: SuitTable): string {
  if (ending === 'too-slow' && secondsNeeded !== null) {
    return `The time is too short: the smallest search takes about ${duration(secondsNeeded)}. Choose more time, or a smaller network, image size or batch.`;
  }
  if (ending === 'out-of-time') {
    return 'The time was over before two candidates were measured. Choose more time, or a smaller network, image size or batch.';
  }
  return 'No other settings can be trained on these images.';
}

/** What the verdict rests on, and what it does not say. */
export function restsOn(verdict: SuitVerdict, { rounds, ending }: SuitTable): string | null {
  if (verdict.kind === 'unknown') return null;
  const length = `Measured after short runs of ${grouped(rounds[verdict.round].images)} images; in long runs the order may differ.`;
  return ending === 'out-of-time' ? `The time was over before the last round. ${length}` : length;
}
