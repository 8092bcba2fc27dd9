import type { Experiment, ExperimentRun, RunSummary } from './experiment';
import { type Holds, hasCollapsed, judge, summariesOf } from './judge';
import { CANNOT_TELL, fixed, stdWords } from './words';

/** The step at which stop-gradient goes off: by then the network has learnt something that it can lose. */
const OFF_AT = 100;
/** For how many steps it stays off, in the runs that get it back. */
const OFF_FOR = [5, 10, 20, 40, 80] as const;

/** A run is saved whose output std is at least this share of that of the run that kept stop-gradient, and lost below the second one. */
const [SAVED, LOST] = [0.8, 0.5];

/** A rate that falls to 0 would end every recovery with it. */
const settings = { schedule: 'constant' };

const on: ExperimentRun = { id: 'on', label: 'stop-gradient on throughout', settings, paper: null };

const off: ExperimentRun = {
  id: 'off',
  label: `off from step ${OFF_AT}`,
  settings,
  changes: [[OFF_AT, 'stopGradient', false]],
  paper: null,
};

const forks = OFF_FOR.map(
  (steps): ExperimentRun => ({
    id: `after-${steps}`,
    label: `on again after ${steps} steps`,
    settings,
    fork: { from: off.id, step: OFF_AT + steps, changes: [['stopGradient', true]] },
    paper: null,
  }),
);

/** A run's output std as a share of the control's, the smallest over the seeds; null where it was not measured. */
function shareOf({ relativeStd }: RunSummary, control: RunSummary): number | null {
  if (relativeStd === null || control.relativeStd === null) return null;
  const { values } = control.relativeStd;
  return Math.min(...relativeStd.values.map((std, seed) => std / (values[seed] ?? Number.NaN)));
}

const shareWords = (share: number | null) => (share === null ? 'not measured' : `${Math.round(100 * share)} %`);

function holds(share: number | null, test: (share: number) => boolean): Holds {
  return share === null ? 'not measured' : test(share);
}

export const pastSaving: Experiment = {
  name: 'past-saving',
  title: 'Collapse: when is it past saving?',
  source: 'not in the paper; Sec. 4.1',
  isOfPaper: false,
  question: 'Stop-gradient goes off during a run: for how long may it stay off before the run cannot be saved?',
  claim:
    'At a constant output the gradient is zero (Sec. 4.1): a run that gets stop-gradient back early should spread its outputs again, and one that gets it back late should not. All runs that get it back go on from checkpoints of the same run.',
  runs: [on, off, ...forks],
  leastSteps: 600,
  verdict(of) {
    const [control, lost] = [of(on.id), of(off.id)];
    const summaries = summariesOf(forks, of);
    if (control === null || lost === null || summaries === null) return CANNOT_TELL;
    const shares = summaries.map(({ summary }) => shareOf(summary, control));
    const [first = null] = shares;
    const last = shares.at(-1) ?? null;
    const all = shares.map((share, i) => `${OFF_FOR[i]} steps ${shareWords(share)}`).join(', ');
    return judge([
      {
        text: `with stop-gradient off for good the outputs become constant, ${stdWords(lost)} against ${fixed(control.relativeStd)}`,
        holds: hasCollapsed(lost),
        isRequired: true,
      },
      {
        text: `after ${OFF_FOR[0]} steps without it the outputs spread again, to ${shareWords(first)} of the std of the run that kept it`,
        holds: holds(first, (share) => share >= SAVED),
      },
      {
        text: `after ${OFF_FOR.at(-1)} steps they do not: ${shareWords(last)}`,
        holds: holds(last, (share) => share < LOST),
      },
      {
        text: `the longer it was off, the less comes back: ${all}`,
        holds: first === null || last === null ? 'not measured' : last < first,
      },
    ]);
  },
};
