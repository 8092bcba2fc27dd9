import type { Experiment } from './experiment';
import { CANNOT_TELL, compareKnn, fixed, isSpread, percent } from './words';

export const batchNorm: Experiment = {
  name: 'bn',
  title: 'Table 3: BN in the heads',
  source: 'Sec. 4.4, Table 3',
  question: 'Where do the two heads need batch normalisation?',
  claim:
    'Without BN 34.6 %, difficult to optimise; on hidden layers 67.4 %; also on the projector’s output 68.1 %; also on the predictor’s output unstable.',
  runs: [
    { id: 'none', label: 'none', settings: { headBatchNorm: 'none' }, paper: 34.6 },
    { id: 'hidden', label: 'hidden layers', settings: { headBatchNorm: 'hidden' }, paper: 67.4 },
    { id: 'output', label: 'hidden and projector output', settings: { headBatchNorm: 'outputAffine' }, paper: 68.1 },
    { id: 'all', label: 'everywhere', settings: { headBatchNorm: 'all' }, paper: null, paperNote: 'unstable' },
  ],
  verdict(of) {
    const [none, hidden, output, all] = ['none', 'hidden', 'output', 'all'].map(of);
    if (none === null || hidden === null || output === null || all === null) return CANNOT_TELL;
    const nearCollapse = (none.relativeStd ?? 1) < (hidden.relativeStd ?? 0) / 2;
    const worse = nearCollapse || compareKnn(none, hidden) === 'lower';
    const alike = compareKnn(hidden, output) === 'alike';
    const text = [
      `kNN none ${percent(none.knn)}, hidden ${percent(hidden.knn)}, output ${percent(output.knn)}, everywhere ${percent(all.knn)}; std·√d without any BN ${fixed(none.relativeStd)}.`,
      ...(nearCollapse ? ['Without BN the outputs come close to collapse instead of learning slowly.'] : []),
      ...(worse ? [] : ['Here training works equally well without BN.']),
      ...(isSpread(all)
        ? ['With BN everywhere the outputs stay spread; the loss curve shows whether training is unstable.']
        : []),
    ].join(' ');
    return { outcome: worse && alike ? 'reproduces' : worse || alike ? 'partly' : 'does not', text };
  },
};
