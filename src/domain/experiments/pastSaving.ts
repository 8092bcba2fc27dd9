import type { Experiment, ExperimentRun, RunSummary } from './experiment';
import { type Holds, hasCollapsed, judge, staysSpread, summariesOf } from './judge';
import { CANNOT_TELL, fixed, stdWords } from './words';

/** The step at which stop-gradient goes off: by then the network has learnt something that it can lose. */
const OFF_AT = 100;
/** For how many steps it stays off, in the runs that get it back. */
const OFF_FOR = [5, 10, 20, 40, 80] as const;

const off: ExperimentRun = {
  id: 'off',
  label: `stop-gradient off from step ${OFF_AT}`,
  settings: {},
  changes: [[OFF_AT, 'stopGradient', false]],
  paper: null,
};

const forks = OFF_FOR.map(
  (steps): ExperimentRun => ({
    id: `after-${steps}`,
    label: `on again after ${steps} steps`,
    settings: {},
    fork: { from: off.id, step: OFF_AT + steps, changes: [['stopGradient', true]] },
    paper: null,
  }),
);

/** Whether no run that was switched back later recovers where an earlier one does not. */
function fallsOnce(recovered: readonly Holds[]): Holds {
  const unknown = recovered.find((holds) => typeof holds !== 'boolean');
  if (unknown !== undefined) return unknown;
  return recovered.every((holds, i) => i === 0 || !(holds === true && recovered[i - 1] === false));
}

const inverse = (holds: Holds): Holds => (typeof holds === 'boolean' ? !holds : holds);

const stdOf = (summary: RunSummary, i: number) => `${OFF_FOR[i]} steps ${fixed(summary.relativeStd)}`;

export const pastSaving: Experiment = {
  name: 'past-saving',
  title: 'Collapse: when is it past saving?',
  source: 'not in the paper; Sec. 4.1',
  isOfPaper: false,
  question: 'Stop-gradient goes off during a run: for how long may it stay off before the run cannot be saved?',
  claim:
    'At a constant output the gradient is zero, so a run that gets stop-gradient back early should spread its outputs again, and one that gets it back late should not. All runs go on from checkpoints of the same one.',
  runs: [off, ...forks],
  leastSteps: 400,
  verdict(of) {
    const lost = of(off.id);
    const summaries = summariesOf(forks, of)?.map(({ summary }) => summary) ?? null;
    if (lost === null || summaries === null) return CANNOT_TELL;
    const recovered = summaries.map(staysSpread);
    const [first, last] = [summaries[0], summaries.at(-1)];
    const [shortest, longest] = [recovered[0], recovered.at(-1)];
    if (first === undefined || last === undefined || shortest === undefined || longest === undefined)
      return CANNOT_TELL;
    return judge([
      {
        text: `with stop-gradient off for good the outputs become constant, ${stdWords(lost)}`,
        holds: hasCollapsed(lost),
        isRequired: true,
      },
      { text: `after ${OFF_FOR[0]} steps without it they spread again, ${stdWords(first)}`, holds: shortest },
      { text: `after ${OFF_FOR.at(-1)} steps they do not, ${stdWords(last)}`, holds: inverse(longest) },
      {
        text: `no run recovers that had it off for longer than one that does not (std·√d after ${summaries.map(stdOf).join(', ')})`,
        holds: fallsOnce(recovered),
      },
    ]);
  },
};
