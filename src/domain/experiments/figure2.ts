import { exceeds } from '../accuracy';
import type { Experiment, RunSummary } from './experiment';
import { type Holds, hasCollapsed, judge, lossIsMinimal, staysSpread } from './judge';
import { CANNOT_TELL, fixed, percent, stdWords } from './words';

const percentOf = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

/** Whether the rank falls without stop-gradient: with BN on the projector's output, the collapse is dimensional. */
function losesRank(on: RunSummary, off: RunSummary): boolean {
  if (on.effectiveRank === null || off.effectiveRank === null) return false;
  return off.effectiveRank.value < on.effectiveRank.value / 2;
}

function collapseWords(on: RunSummary, off: RunSummary): string {
  const ranks = `effective rank ${fixed(off.effectiveRank, 0)} against ${fixed(on.effectiveRank, 0)}`;
  const dimensional = losesRank(on, off) && hasCollapsed(off) === false ? ', though only the rank falls' : '';
  return `without it they collapse, ${stdWords(off)}, ${ranks}${dimensional}`;
}

/** Whether accuracy is at chance. One run that is above it contradicts the claim, so the error of its queries decides. */
function isAtChance({ knn, chance }: RunSummary): Holds {
  if (knn === null || chance === null) return 'not measured';
  return !exceeds(knn, { value: chance, standardError: 0 });
}

export const figure2: Experiment = {
  name: 'figure2',
  title: 'Figure 2: stop-gradient',
  source: 'Sec. 4.1, Fig. 2',
  question: 'What happens when the gradient may flow back through both branches?',
  claim:
    'Without stop-gradient the loss quickly reaches its minimum of −1, the output std falls to 0, and accuracy to chance (0.1 %).',
  runs: [
    { id: 'with', label: 'with stop-gradient', settings: { stopGradient: true }, paper: 67.7 },
    { id: 'without', label: 'without stop-gradient', settings: { stopGradient: false }, paper: 0.1 },
  ],
  verdict(of) {
    const [on, off] = [of('with'), of('without')];
    if (on === null || off === null) return CANNOT_TELL;
    return judge([
      { text: `with stop-gradient the outputs stay spread, ${stdWords(on)}`, holds: staysSpread(on), isRequired: true },
      { text: collapseWords(on, off), holds: hasCollapsed(off), isRequired: !losesRank(on, off) },
      { text: `without it the loss reaches its minimum, ${fixed(off.loss)}`, holds: lossIsMinimal(off) },
      {
        text: `without it accuracy falls to chance: kNN ${percent(off.knn)}, chance ${percentOf(off.chance)}, untrained ${percent(off.untrainedKnn)}, with stop-gradient ${percent(on.knn)}`,
        holds: isAtChance(off),
      },
    ]);
  },
};
