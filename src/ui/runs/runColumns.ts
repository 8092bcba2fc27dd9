import { DIAGNOSIS_STATES } from '../../domain/diagnosis/states';
import { fieldOf, valueLabel } from '../../domain/fields';
import type { SeriesName } from '../../domain/measurement';
import { METHODS } from '../../domain/methods/registry';
import type { Cell } from '../../formats/csv';
import { differencesOf, linkOfRun, runName } from '../../session/archive/describeRun';
import type { RunRecord } from '../../storage/runRecord';
import { grouped, inWords, NOT_YET } from '../numbers';

/** A number of the runs table. */
export interface NumberColumn {
  readonly key: string;
  readonly title: string;
  /** A sentence for the header's tooltip. */
  readonly help: string;
  text(run: RunRecord): string;
}

function measured(series: SeriesName, title: string, help: string, write: (value: number) => string): NumberColumn {
  return {
    key: series,
    title,
    help,
    text: ({ final }) => {
      const value = final[series];
      return value === undefined ? NOT_YET : write(value);
    },
  };
}

const probe: NumberColumn = {
  key: 'probe',
  title: 'Probe',
  help: 'Accuracy of the linear evaluation, with its standard error.',
  text: ({ evaluation }) =>
    evaluation === null
      ? NOT_YET
      : `${inWords(100 * evaluation.accuracy, 1)} ± ${inWords(100 * evaluation.standardError, 1)} %`,
};

/** The columns; each value is the run's last measurement of it. */
export const NUMBER_COLUMNS: readonly NumberColumn[] = [
  { key: 'steps', title: 'Steps', help: 'Completed updates.', text: ({ steps }) => grouped(steps) },
  measured('loss', 'Loss', 'The last loss. Losses of different methods are not comparable.', (loss) =>
    inWords(loss, 3),
  ),
  measured('outputStd', 'Std', 'Output std: 0 is a constant output.', (std) => inWords(std, 4)),
  measured('collapseLevel', 'Collapse', 'Collapse level: 1 − √d × std, from 0 to 1.', (level) => inWords(level, 2)),
  measured('effectiveRank', 'Rank', 'Effective rank of z.', (rank) => inWords(rank, 1)),
  measured('knn', 'kNN', 'kNN accuracy on backbone features.', (knn) => `${inWords(100 * knn, 1)} %`),
  probe,
];

const STATE_WORDS: Record<RunRecord['state'], string> = {
  stopped: 'stopped',
  finished: 'finished',
  diverged: 'diverged',
  failed: 'failed',
};

/** The outcome of a run, and whether it is a failure. */
export function outcomeOf({ state, diagnosis }: RunRecord): { readonly text: string; readonly warning: boolean } {
  switch (diagnosis?.state) {
    case 'collapsed':
      return { text: `collapsed at step ${grouped(diagnosis.since)}`, warning: true };
    case 'dimensional':
    case 'narrowing':
    case 'recovering':
    case 'stuck':
      return {
        text: `${DIAGNOSIS_STATES[diagnosis.state].name} since step ${grouped(diagnosis.since)}`,
        warning: true,
      };
    case 'no-convergence':
      return { text: `no convergence by step ${grouped(diagnosis.since)}`, warning: true };
    case 'oscillation':
      return { text: `oscillating since step ${grouped(diagnosis.since)}`, warning: true };
    case 'diverged':
      return { text: `diverged at step ${grouped(diagnosis.since)}`, warning: true };
    default:
      return { text: STATE_WORDS[state], warning: state === 'diverged' || state === 'failed' };
  }
}

/** “SimSiam, tiny, Fashion-MNIST” */
export function recipeOf({ config, dataset }: RunRecord): string {
  return [METHODS[config.method].title, config.preset, dataset.name].join(', ');
}

const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

/** “14:05” for today, else “2 Jan 2026, 14:05”. */
export function whenWords(created: number, now: number): string {
  const time = CLOCK.format(created);
  return DAY.format(created) === DAY.format(now) ? time : `${DAY.format(created)}, ${time}`;
}

const CSV_HEADER = [
  'name',
  'begun',
  'method',
  'preset',
  'data set',
  'images',
  'seed',
  'differs from the preset',
  'steps',
  'outcome',
  'loss',
  'output std',
  'collapse level',
  'effective rank',
  'backbone rank',
  'kNN accuracy',
  'online probe accuracy',
  'linear evaluation accuracy',
  'its standard error',
  'view retrieval',
  'engine',
  'adapter',
  'link',
] as const;

/** The runs as a table for saving, with full precision. `page` is the page's address, for the links that reproduce the runs. */
export function runsTable(runs: readonly RunRecord[], page: string): Cell[][] {
  const rows = runs.map((run): Cell[] => {
    const { config, dataset, final, engine, evaluation } = run;
    const link = new URL(page);
    link.hash = linkOfRun(run);
    return [
      runName(run),
      new Date(run.created).toISOString(),
      METHODS[config.method].title,
      valueLabel(fieldOf('preset'), config.preset),
      dataset.name,
      dataset.count,
      config.seed,
      differencesOf(run)
        .map(({ text }) => text)
        .join('; '),
      run.steps,
      outcomeOf(run).text,
      final.loss,
      final.outputStd,
      final.collapseLevel,
      final.effectiveRank,
      final.backboneRank,
      final.knn,
      final.onlineProbe,
      evaluation?.accuracy,
      evaluation?.standardError,
      final.viewRetrieval,
      engine?.name,
      engine?.adapter,
      link.href,
    ];
  });
  return [[...CSV_HEADER], ...rows];
}
