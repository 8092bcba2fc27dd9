import type { Experiment } from './experiment';
import { CANNOT_TELL, fixed, hasCollapsed, isSpread } from './words';

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
    const numbers = `std·√d ${fixed(on.relativeStd)} with and ${fixed(off.relativeStd)} without, loss ${fixed(on.loss)} and ${fixed(off.loss)}`;
    if (isSpread(on) && hasCollapsed(off)) {
      return {
        outcome: 'reproduces',
        text: `The output collapses without stop-gradient and stays spread with it: ${numbers}. At this scale kNN need not fall to chance: the heads collapse, and even an untrained backbone tells images apart.`,
      };
    }
    if (
      isSpread(on) &&
      on.effectiveRank !== null &&
      off.effectiveRank !== null &&
      off.effectiveRank < on.effectiveRank / 2
    ) {
      return {
        outcome: 'partly',
        text: `Without stop-gradient the effective rank falls, but the std does not: effective rank ${fixed(on.effectiveRank, 0)} with and ${fixed(off.effectiveRank, 0)} without; ${numbers}. With BN on the projector’s output the std does not fall at all; with BN on hidden layers only, it also falls after more steps.`,
      };
    }
    return { outcome: 'does not', text: `No collapse so far: ${numbers}.` };
  },
};
