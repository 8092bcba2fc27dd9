import type { RunSummary, Verdict } from '../../src/domain/experiments/experiment';
import { overSeeds } from '../../src/domain/experiments/runSummary';
import { runsTable } from '../experiment/runExperiment';
import { commandOf, PLANNED, type PlannedExperiment } from './plan';
import type { RecordedExperiment } from './results';

const OUTCOMES: Readonly<Record<Verdict['outcome'], string>> = {
  reproduces: 'yes',
  partly: 'in part',
  'does not': 'no',
  'cannot tell': 'undecided',
};

const NOT_RECORDED = 'not recorded';

/** An experiment with what was recorded of it. */
interface Reported {
  readonly planned: PlannedExperiment;
  readonly results: RecordedExperiment | null;
  readonly verdict: Verdict | null;
}

/** The summary of a run over the recorded seeds; null where there is none. */
function summaryIn(results: RecordedExperiment, id: string): RunSummary | null {
  const own = results.runs.filter((run) => run.id === id).map(({ summary }) => summary);
  return own.length === 0 ? null : overSeeds(own);
}

function titleOf({ experiment, variant }: PlannedExperiment): string {
  return variant === '' ? experiment.title : `${experiment.title}, ${variant}`;
}

function overview(reported: readonly Reported[]): string {
  const rows = reported.map(({ planned, verdict }) => {
    const { source, claim } = planned.experiment;
    const outcome = verdict === null ? NOT_RECORDED : OUTCOMES[verdict.outcome];
    return `| ${titleOf(planned)} | ${source} | ${claim} | ${outcome} |`;
  });
  return ['| Experiment | Where | The paper’s claim | Reproduced |', '|---|---|---|---|', ...rows].join('\n');
}

function section({ planned, results, verdict }: Reported): string {
  const { experiment } = planned;
  const head = `### ${titleOf(planned)}\n\n${experiment.question} ${experiment.source}: ${experiment.claim}`;
  const command = `\`${commandOf(planned)}\``;
  if (results === null || verdict === null) return `${head}\n\n${NOT_RECORDED}: ${command}`;
  const runs = experiment.runs.flatMap(({ id, label, paper }) => {
    const summary = summaryIn(results, id);
    return summary === null ? [] : [{ label, paper, summary }];
  });
  const seeds = [...new Set(results.runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  const where = `${results.dataset}, ${planned.steps} steps of \`tiny\`, seeds ${seeds.join(', ')}, ${results.engine} (${results.adapter}), ${results.date}`;
  return [
    head,
    runsTable(runs),
    `**Reproduced: ${OUTCOMES[verdict.outcome]}.** ${verdict.text}`,
    `${where}: ${command}`,
  ].join('\n\n');
}

/**
 * docs/paper.md.
 * @param template the prose, with `{{overview}}` and `{{experiments}}` on lines of their own
 * @param resultsOf the recorded results of a planned experiment; null where there are none
 */
export function paperDocument(template: string, resultsOf: (name: string) => RecordedExperiment | null): string {
  const reported = PLANNED.map((planned): Reported => {
    const results = resultsOf(planned.name);
    const verdict = results === null ? null : planned.experiment.verdict((id) => summaryIn(results, id));
    return { planned, results, verdict };
  });
  return template
    .replace('{{overview}}', () => overview(reported))
    .replace('{{experiments}}', () => reported.map(section).join('\n\n'));
}
