import { describeLesson } from './lesson';
import { ENDLESS } from './openings';

export const dimensional = describeLesson({
  id: 'dimensional',
  title: 'The collapse that std does not show',
  summary: 'A run whose std looks healthy, and the number that shows that it is not.',
  minutes: 4,
  settings: `${ENDLESS}&headBatchNorm=output`,
  steps: [
    {
      text: 'This run has batch normalisation on the output z, too, as in the paper’s official code.',
      target: 'headBatchNorm',
    },
    { text: 'Press Train.', target: 'train', wait: [{ did: 'trained' }] },
    {
      text: 'Normalised outputs have a std close to the dashed line from the first step on.',
      target: 'std',
      wait: [
        { signal: 'step', above: 60 },
        { signal: 'outputStd', above: 0.9, timesRoot: true },
      ],
    },
    {
      text: 'The effective rank counts the directions in which outputs differ; well below d = 64 is usual.',
      target: 'rank',
      wait: [
        { signal: 'step', above: 100 },
        { signal: 'effectiveRank', above: 13 },
      ],
    },
    {
      text: 'With BN on the output, what happens when stop-gradient is switched off?',
      target: 'stopGradient',
      wait: [
        { set: 'stopGradient', to: false },
        { signal: 'stepsHere', above: 80 },
        { signal: 'effectiveRank', below: 13 },
      ],
      question: {
        choices: [
          'The std falls to 0, as in any collapse',
          'The std stays up, the rank falls',
          'Nothing: BN prevents it',
        ],
        answer: 1,
        task: 'Switch stop-gradient off, and watch std and rank for 80 steps.',
        because: 'BN keeps each channel spread, so the std cannot fall to 0; but the channels come to say the same.',
      },
    },
    {
      text: 'Few directions are left of 64: a dimensional collapse, which the std alone would have missed.',
      target: 'rank',
    },
    {
      text: 'In the picture the images lie along an arc or about two opposite poles, not in one point.',
      target: 'outputs',
    },
    { text: 'This line names the state of the run, and watches the rank as well.', target: 'status' },
  ],
});
